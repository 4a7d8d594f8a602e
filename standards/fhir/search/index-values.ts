/** FHIR R4 §3.1.1.4 what search compares: the values of one resource by kind of parameter. Pure data for an index. */

/** One (system, code); `system` is undefined where the element names none. `text` is what `:text` looks at. */
export type TokenValue = {
  readonly parameter: string
  readonly system: string | undefined
  readonly code: string | undefined
  readonly text: string | undefined
}
/** As written in the resource; `foldText` gives the form to compare. */
export type StringValue = { readonly parameter: string; readonly text: string }
/** Either a local `type` and `id`, or a `url` (absolute reference, urn: or canonical without version), or only an identifier. */
export type ReferenceValue = {
  readonly parameter: string
  readonly type: string | undefined
  readonly id: string | undefined
  readonly url: string | undefined
  /** The part after `|` of a canonical, or the version of a literal reference. */
  readonly version: string | undefined
  readonly identifier: { readonly system: string | undefined; readonly value: string } | undefined
  /** What is written beside it (`Reference.display`). */
  readonly text: string | undefined
}
/** Milliseconds since 1970 UTC; `lowMs` belongs to the range, `highMs` is the first moment after it. Open ends are the constants below. */
export type DateValue = { readonly parameter: string; readonly lowMs: number; readonly highMs: number }
/** `low` equals `high` but for Ranges and comparators (`<5`), whose open ends are ±Infinity. Both belong to the range. */
export type NumberValue = { readonly parameter: string; readonly low: number; readonly high: number }
export type QuantityValue = {
  readonly parameter: string
  readonly low: number
  readonly high: number
  readonly system: string | undefined
  readonly code: string | undefined
  readonly unit: string | undefined
}
export type UriValue = { readonly parameter: string; readonly uri: string }

/** One element that a composite parameter looks at: the values of each component, in the order of the definition. */
export type CompositeValue = { readonly parameter: string; readonly components: readonly ComponentValues[] }
export type ComponentValues = Pick<
  IndexValues,
  'tokens' | 'strings' | 'references' | 'dates' | 'numbers' | 'quantities' | 'uris'
>

export type IndexValues = {
  readonly tokens: readonly TokenValue[]
  readonly strings: readonly StringValue[]
  readonly references: readonly ReferenceValue[]
  readonly dates: readonly DateValue[]
  readonly numbers: readonly NumberValue[]
  readonly quantities: readonly QuantityValue[]
  readonly uris: readonly UriValue[]
  readonly composites: readonly CompositeValue[]
  /** Logical ids of the Patients whose compartment holds the resource, without repetition; a Patient is in its own. */
  readonly patients: readonly string[]
  /** The resource's main clinical moment in ms since 1970 UTC (Observation.effective, Encounter.period.start, …). */
  readonly clinicalMs: number | undefined
}

/** Open ends of periods: the first and last moment that ECMAScript knows; both fit PostgreSQL's bigint. */
export const earliestMs = -8_640_000_000_000_000
export const latestMs = 8_640_000_000_000_000
