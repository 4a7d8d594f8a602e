/** CDA's data types as FHIR's: codes with URLs, quantities, times, names. */
import {
  type Coded,
  dateTimeOf,
  type PersonName,
  type Quantity,
  type Statement,
  type Times,
} from '@xinglin/cda'
import type { CodeableConcept, Coding, Quantity as FhirQuantity, HumanName, Period } from '@xinglin/fhir'
import { systemOf } from '../codes/systems.ts'

const ucum = 'http://unitsofmeasure.org'
/** R4 code: no spaces at the ends, no two together. */
const codeForm = /^\S+( \S+)*$/

/** Undefined for a code without any word. */
export function conceptOf(coded: Coded | undefined): CodeableConcept | undefined {
  if (!coded) return undefined
  const coding = [coded, ...(coded.translations ?? [])].flatMap(codingOf)
  const text = coded.originalText ?? coded.displayName ?? coding[0]?.display
  return coding.length > 0 || text
    ? { ...(coding.length > 0 ? { coding } : {}), ...(text ? { text } : {}) }
    : undefined
}

function codingOf({ code, codeSystem, displayName }: Coded): readonly Coding[] {
  const system = systemOf(codeSystem)
  if (!code || !codeForm.test(code)) return []
  return [{ ...(system ? { system } : {}), code, ...(displayName ? { display: displayName } : {}) }]
}

/** Undefined for what is no number. */
export function quantityOf(quantity: Quantity | undefined): FhirQuantity | undefined {
  const value = Number(quantity?.value ?? Number.NaN)
  if (!Number.isFinite(value)) return undefined
  const unit = quantity?.unit
  if (!unit || unit === '1') return { value }
  return { value, unit, ...(/^\S+$/.test(unit) ? { system: ucum, code: unit } : {}) }
}

/** The first time that says a period. */
export function periodOf(times: readonly Times[], offset: string): Period | undefined {
  const [first] = times.filter(({ low, high, value }) => low || high || value)
  if (!first) return undefined
  const start = dateTimeOf(first.low ?? first.value, offset)
  const end = dateTimeOf(first.high, offset)
  return start || end ? { ...(start ? { start } : {}), ...(end ? { end } : {}) } : undefined
}

/** The point, or the beginning, of the first time that says one. */
export function momentOf({ times }: Pick<Statement, 'times'>, offset: string): string | undefined {
  return times.map(({ value, low }) => dateTimeOf(value ?? low, offset)).find(Boolean)
}

export function humanNameOf({ text, family, given, prefix, suffix }: PersonName): HumanName {
  return {
    ...(text ? { text } : {}),
    ...(family ? { family } : {}),
    ...(given ? { given: [...given] } : {}),
    ...(prefix ? { prefix: [prefix] } : {}),
    ...(suffix ? { suffix: [suffix] } : {}),
  }
}
