/** R4 §10.1 Observation with the digits of its decimals as they were sent (§2.24.0.1: precision is significant). */
import type { Annotation, CodeableConcept, Coding, Period, Reference } from '@xinglin/fhir'

/** A Quantity whose value is the text of the number: `5.0` stays `5.0`. */
export type ExactQuantity = {
  readonly value?: string
  readonly comparator?: string
  readonly unit?: string
  readonly code?: string
}
export type ExactRange = {
  readonly low?: ExactQuantity
  readonly high?: ExactQuantity
  readonly type?: CodeableConcept
  readonly text?: string
}
/** The value[x] and what explains it, of an observation or of one of its components. */
export type ObservedValue = {
  readonly code: CodeableConcept
  readonly valueQuantity?: ExactQuantity
  readonly valueCodeableConcept?: CodeableConcept
  readonly valueString?: string
  readonly valueBoolean?: boolean
  readonly valueInteger?: number
  readonly valueRange?: { readonly low?: ExactQuantity; readonly high?: ExactQuantity }
  readonly valueRatio?: { readonly numerator?: ExactQuantity; readonly denominator?: ExactQuantity }
  readonly valueDateTime?: string
  readonly valueTime?: string
  readonly valuePeriod?: Period
  readonly dataAbsentReason?: CodeableConcept
  readonly interpretation?: readonly CodeableConcept[]
  readonly referenceRange?: readonly ExactRange[]
}
export type ExactObservation = ObservedValue & {
  readonly id: string
  readonly status: string
  readonly category?: readonly CodeableConcept[]
  readonly effectiveDateTime?: string
  readonly effectivePeriod?: Period
  readonly effectiveInstant?: string
  readonly issued?: string
  readonly performer?: readonly Reference[]
  readonly device?: Reference
  readonly note?: readonly Annotation[]
  readonly component?: readonly ObservedValue[]
  readonly meta?: { readonly source?: string; readonly tag?: readonly Coding[] }
}

type Context = { readonly source?: string }
type SourceReviver = (this: unknown, key: string, value: unknown, context: Context) => unknown

/** ECMA-262 JSON.parse source text access: a number under `value` is given as its own text. */
const keepDigits: SourceReviver = (key, value, context) =>
  key === 'value' && typeof value === 'number' ? (context.source ?? String(value)) : value

/** An observation from its stored JSON. */
export function readObservation(json: string): ExactObservation {
  return JSON.parse(
    json,
    keepDigits as (this: unknown, key: string, value: unknown) => unknown,
  ) as ExactObservation
}
