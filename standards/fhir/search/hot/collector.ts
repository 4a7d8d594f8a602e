/** What extraction fills while it walks one resource; mutable, of one call only. */
import type {
  CompositeValue,
  DateValue,
  NumberValue,
  QuantityValue,
  ReferenceValue,
  StringValue,
  TokenValue,
  UriValue,
} from '../index-values.ts'

export type Collector = {
  readonly timeZone: string
  readonly tokens: TokenValue[]
  readonly strings: StringValue[]
  readonly references: ReferenceValue[]
  readonly dates: DateValue[]
  readonly numbers: NumberValue[]
  readonly quantities: QuantityValue[]
  readonly uris: UriValue[]
  readonly composites: CompositeValue[]
}

export function newCollector(timeZone: string): Collector {
  return {
    timeZone,
    tokens: [],
    strings: [],
    references: [],
    dates: [],
    numbers: [],
    quantities: [],
    uris: [],
    composites: [],
  }
}

/** Puts the values of one element into the collector; the element is JSON that may be anything. */
export type Add = (element: unknown, into: Collector) => void

export type Json = { readonly [name: string]: unknown }

export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

/** The text of a property, undefined where it is absent or no text. */
export function textOf(object: Json, name: string): string | undefined {
  const value = object[name]
  return typeof value === 'string' ? value : undefined
}

/** The objects in a property that may be a list. */
export function objectsIn(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.filter((each) => asObject(each) !== undefined)
  const one = asObject(value)
  return one ? [one] : []
}
