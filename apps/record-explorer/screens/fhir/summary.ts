/** What a reader must see of a resource of any type in one line: what it is, its state, whose, when and how much. */
import { isObject, type Json, type JsonObject, listOf, type Resource, textAt } from './json.ts'

/** A name, title, code or type; undefined where a resource has none of them. */
export function titleOf(resource: Resource): string | undefined {
  for (const name of titles) {
    const text = wordsOf(resource[name])
    if (text) return text
  }
  return undefined
}

const titles = [
  'name',
  'title',
  'code',
  'medicationCodeableConcept',
  'vaccineCode',
  'description',
  'deviceName',
  'type',
  'class',
  'category',
  'modality',
  'serviceType',
  'criteria',
  'url',
] as const

/** The words of a HumanName, CodeableConcept, Coding, Reference, Identifier, Quantity, Period or plain text. */
export function wordsOf(value: Json | undefined): string | undefined {
  const [first] = listOf(value)
  if (first === undefined || first === null) return undefined
  if (!isObject(first)) return Array.isArray(first) ? undefined : String(first)
  return ofName(first) ?? ofQuantity(first) ?? ofConcept(first) ?? ofPeriod(first)
}

function ofName(value: JsonObject): string | undefined {
  const text = textAt(value, 'text')
  if (text) return text
  if (value.family === undefined && value.given === undefined) return undefined
  const given = listOf(value.given).join(' ')
  const family = textAt(value, 'family') ?? ''
  // Chinese names are written without a space, the family's first.
  return /\p{Script=Han}/u.test(family + given) ? `${family}${given}` : [given, family].join(' ').trim()
}

function ofConcept(value: JsonObject): string | undefined {
  return (
    textAt(value, 'display') ??
    textAt(value, 'coding.display') ??
    textAt(value, 'coding.code') ??
    textAt(value, 'code') ??
    textAt(value, 'reference') ??
    undefined
  )
}

/** `5.9 mmol/L`; undefined where it is no Quantity. */
export function ofQuantity(value: JsonObject): string | undefined {
  if (typeof value.value !== 'number' && typeof value.value !== 'string') return undefined
  const unit = textAt(value, 'unit') ?? textAt(value, 'code') ?? ''
  return `${textAt(value, 'comparator') ?? ''}${value.value} ${unit}`.trim()
}

function ofPeriod(value: JsonObject): string | undefined {
  return textAt(value, 'start') ?? textAt(value, 'end')
}

/** The reference to whom or what it is about. */
export function subjectOf(resource: Resource): { reference: string; display?: string } | undefined {
  for (const name of ['patient', 'subject', 'beneficiary', 'for', 'individual']) {
    const reference = textAt(resource[name], 'reference')
    if (reference === undefined) continue
    const display = textAt(resource[name], 'display')
    return display === undefined ? { reference } : { reference, display }
  }
  return undefined
}

const moments = [
  'effectiveDateTime',
  'effectivePeriod.start',
  'period.start',
  'occurrenceDateTime',
  'performedDateTime',
  'performedPeriod.start',
  'onsetDateTime',
  'authoredOn',
  'started',
  'collection.collectedDateTime',
  'recordedDate',
  'recorded',
  'birthDate',
  'issued',
  'date',
  'created',
  'start',
] as const

/** The moment that it is about, as it was written. */
export function momentOf(resource: Resource): string | undefined {
  return firstOf(resource, moments)
}

const states = ['status', 'clinicalStatus.coding.code', 'lifecycleStatus', 'gender', 'active'] as const

/** Its status as a code. */
export function stateOf(resource: Resource): string | undefined {
  return firstOf(resource, states)
}

/** Its value, whatever the kind of it is. */
export function valueTextOf(resource: Resource): string | undefined {
  const name = Object.keys(resource).find((key) => /^value[A-Z]/.test(key))
  return name === undefined ? undefined : wordsOf(resource[name])
}

function firstOf(resource: Resource, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = textAt(resource, path)
    if (text !== undefined) return text
  }
  return undefined
}
