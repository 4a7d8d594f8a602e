/** Observations as results: value, unit, flag, reference range, time and source of each, components as tests of their own. */

import type { Provenance } from '@xinglin/fhir'
import { codeOf, tokenOf, wordsOf } from './codes.ts'
import type { ExactObservation, ExactQuantity, ExactRange, ObservedValue } from './observation.ts'
import type { Flag, Source, TestResult } from './shapes.ts'
import { sourceOf } from './source.ts'

/** HL7 v3 ObservationInterpretation. */
const flags: Readonly<Record<string, Flag>> = {
  H: 'high',
  HU: 'critical-high',
  HH: 'critical-high',
  '>': 'high',
  L: 'low',
  LU: 'critical-low',
  LL: 'critical-low',
  '<': 'low',
  A: 'abnormal',
  AA: 'critical',
  POS: 'abnormal',
  DET: 'abnormal',
  R: 'abnormal',
}
/** More decimals than this are digits of a calculation, not of a measurement; the hover card gives them all. */
const mostDecimals = 4
const roundedDigits = 4

/** The results in an observation: its own value and one for each component; empty for one entered in error. */
export function resultsOf(
  observation: ExactObservation,
  provenances: ReadonlyMap<string, Provenance> = new Map(),
): readonly TestResult[] {
  if (observation.status === 'entered-in-error' || observation.status === 'cancelled') return []
  const source = sourceOf(observation, provenances.get(`Observation/${observation.id}`))
  const whole = hasValue(observation) ? [resultOf(observation, observation, source)] : []
  return [
    ...whole,
    ...(observation.component ?? []).filter(hasValue).map((part) => resultOf(observation, part, source)),
  ]
}

function resultOf(
  observation: ExactObservation,
  part: ObservedValue,
  source: Source | undefined,
): TestResult {
  const unit = unitOf(part)
  const range = normalRange(part.referenceRange)
  const shown = valueText(part)
  return {
    test: `${testOf(part)}${unit ? ` ${unit}` : ''}`,
    name: wordsOf(part.code) ?? '?',
    group: groupOf(observation),
    key: `Observation/${observation.id}`,
    value: shown.value,
    exact: shown.exact,
    unit,
    flag: flagOf(part) ?? flagByRange(part.valueQuantity, range),
    reference: rangeText(range),
    low: numberOf(range?.low),
    high: numberOf(range?.high),
    time: momentOf(observation),
    status: observation.status,
    note: observation.note?.map(({ text }) => text).join('\n') || undefined,
    source,
  }
}

/** When it was true of the patient; where that is not said, when it was issued. */
export function momentOf(observation: ExactObservation): string | undefined {
  return (
    observation.effectiveDateTime ??
    observation.effectiveInstant ??
    observation.effectivePeriod?.start ??
    observation.issued
  )
}

function testOf({ code }: ObservedValue): string {
  const coding = code.coding?.find((candidate) => candidate.code)
  return coding ? tokenOf(coding) : `|${code.text ?? ''}`
}

function groupOf({ category }: ExactObservation): TestResult['group'] {
  const codes = (category ?? []).map(codeOf)
  if (codes.includes('laboratory') || codes.includes('LAB')) return 'laboratory'
  return codes.includes('vital-signs') ? 'vital-signs' : 'other'
}

function hasValue(part: ObservedValue): boolean {
  return Object.keys(part).some((key) => key.startsWith('value')) || part.dataAbsentReason !== undefined
}

function valueText(part: ObservedValue): { readonly value: string; readonly exact?: string } {
  if (part.valueQuantity) return rounded(part.valueQuantity)
  if (part.valueRange)
    return { value: `${part.valueRange.low?.value ?? ''}–${part.valueRange.high?.value ?? ''}` }
  if (part.valueRatio) {
    return { value: `${part.valueRatio.numerator?.value ?? ''}:${part.valueRatio.denominator?.value ?? ''}` }
  }
  if (part.valueBoolean !== undefined) return { value: part.valueBoolean ? '+' : '−' }
  const words =
    wordsOf(part.valueCodeableConcept) ??
    part.valueString ??
    part.valueDateTime ??
    part.valueTime ??
    part.valuePeriod?.start ??
    part.valueInteger?.toString() ??
    wordsOf(part.dataAbsentReason)
  return { value: words ?? '—' }
}

function rounded({ value = '—', comparator = '' }: ExactQuantity): { value: string; exact?: string } {
  const decimals = value.split('.')[1]?.length ?? 0
  if (decimals <= mostDecimals) return { value: `${comparator}${value}` }
  return {
    value: `${comparator}${Number(Number(value).toPrecision(roundedDigits))}`,
    exact: `${comparator}${value}`,
  }
}

function unitOf(part: ObservedValue): string | undefined {
  const quantity = part.valueQuantity ?? part.valueRange?.low ?? part.valueRatio?.numerator
  const unit = quantity?.unit ?? quantity?.code
  return unit === '1' || unit === '{score}' ? undefined : unit
}

/** The normal range: the one that says so, else the first without a type. */
function normalRange(ranges: readonly ExactRange[] | undefined): ExactRange | undefined {
  return (
    ranges?.find(({ type }) => codeOf(type) === 'normal') ?? ranges?.find(({ type }) => !type) ?? ranges?.[0]
  )
}

function rangeText(range: ExactRange | undefined): string | undefined {
  if (!range) return undefined
  const [low, high] = [range.low?.value, range.high?.value]
  if (low !== undefined && high !== undefined) return `${low}–${high}`
  if (high !== undefined) return `≤${high}`
  return low !== undefined ? `≥${low}` : range.text
}

function flagOf({ interpretation }: ObservedValue): Flag | undefined {
  const codes = (interpretation ?? []).flatMap(({ coding, text }) => [
    ...(coding ?? []).map(({ code }) => code),
    text,
  ])
  return codes.map((code) => (code ? flags[code] : undefined)).find(Boolean)
}

/** Where the sender gave no interpretation, the value is compared with the sender's own range. */
function flagByRange(quantity: ExactQuantity | undefined, range: ExactRange | undefined): Flag | undefined {
  const value = numberOf(quantity)
  if (value === undefined || !range) return undefined
  const [low, high] = [numberOf(range.low), numberOf(range.high)]
  if (high !== undefined && value > high) return 'high'
  return low !== undefined && value < low ? 'low' : undefined
}

function numberOf(quantity: ExactQuantity | undefined): number | undefined {
  if (quantity?.value === undefined) return undefined
  const value = Number(quantity.value)
  return Number.isNaN(value) ? undefined : value
}
