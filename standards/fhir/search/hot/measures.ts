/** FHIR R4 §3.1.1.4.6 number, §3.1.1.4.7 date and §3.1.1.4.11 quantity: ranges of the data types with a size. */
import { dateRange } from '../dates.ts'
import { earliestMs, latestMs } from '../index-values.ts'
import { type Add, asObject, type Collector, type Json, objectsIn, textOf } from './collector.ts'

/** How a date parameter reads an element of `type`; undefined where R4 gives no reading. */
export function dateReader(parameter: string, type: string): Add | undefined {
  switch (type) {
    case 'date':
    case 'dateTime':
    case 'instant':
      return (element, into) => addDate(parameter, element, into)
    case 'Period':
      return (element, into) => addPeriod(parameter, element, into)
    case 'Timing':
      return (element, into) => addTiming(parameter, element, into)
    default:
      return undefined
  }
}

function addDate(parameter: string, element: unknown, into: Collector): void {
  const range = typeof element === 'string' ? dateRange(element, into.timeZone) : undefined
  if (range) into.dates.push({ parameter, lowMs: range.lowMs, highMs: range.highMs })
}

function addPeriod(parameter: string, element: unknown, into: Collector): void {
  const period = asObject(element)
  if (!period) return
  const start = textOf(period, 'start')
  const end = textOf(period, 'end')
  const first = start === undefined ? undefined : dateRange(start, into.timeZone)
  const last = end === undefined ? undefined : dateRange(end, into.timeZone)
  if (!first && !last) return
  into.dates.push({ parameter, lowMs: first?.lowMs ?? earliestMs, highMs: last?.highMs ?? latestMs })
}

/** From the first event or the start of the bounds to the last event or the end of the bounds. */
function addTiming(parameter: string, element: unknown, into: Collector): void {
  const timing = asObject(element)
  if (!timing) return
  const repeat = asObject(timing.repeat)
  if (repeat?.boundsPeriod !== undefined) addPeriod(parameter, repeat.boundsPeriod, into)
  const events = Array.isArray(timing.event) ? timing.event : []
  let lowMs = latestMs
  let highMs = earliestMs
  for (const event of events) {
    const range = typeof event === 'string' ? dateRange(event, into.timeZone) : undefined
    if (!range) continue
    lowMs = Math.min(lowMs, range.lowMs)
    highMs = Math.max(highMs, range.highMs)
  }
  if (lowMs < highMs) into.dates.push({ parameter, lowMs, highMs })
}

/** How a number parameter reads an element of `type`; undefined where R4 gives no reading. */
export function numberReader(parameter: string, type: string): Add | undefined {
  if (type === 'Range') {
    return (element, into) => {
      const range = rangeOf(element)
      if (range) into.numbers.push({ parameter, low: range.low, high: range.high })
    }
  }
  if (type !== 'decimal' && type !== 'integer' && type !== 'positiveInt' && type !== 'unsignedInt')
    return undefined
  return (element, into) => {
    if (typeof element === 'number') into.numbers.push({ parameter, low: element, high: element })
  }
}

const quantityTypes = new Set([
  'Quantity',
  'Age',
  'Count',
  'Distance',
  'Duration',
  'SimpleQuantity',
  'MoneyQuantity',
])

/** Location.position: degrees, as two numbers beside one another. */
export function positionReader(parameter: string): Add {
  return (element, into) => {
    const { latitude, longitude } = asObject(element) ?? {}
    if (typeof latitude !== 'number' || typeof longitude !== 'number') return
    into.numbers.push({ parameter: latitudeOf(parameter), low: latitude, high: latitude })
    into.numbers.push({ parameter: longitudeOf(parameter), low: longitude, high: longitude })
  }
}

/** Under which name the latitude of a place is stored. */
export function latitudeOf(parameter: string): string {
  return `${parameter}:latitude`
}

/** Under which name the longitude of a place is stored. */
export function longitudeOf(parameter: string): string {
  return `${parameter}:longitude`
}

/** How a quantity parameter reads an element of `type`; undefined where R4 gives no reading. */
export function quantityReader(parameter: string, type: string): Add | undefined {
  if (quantityTypes.has(type)) return (element, into) => addQuantity(parameter, element, into)
  if (type === 'Money') return (element, into) => addMoney(parameter, element, into)
  if (type === 'Range') return (element, into) => addRange(parameter, element, into)
  return undefined
}

function addQuantity(parameter: string, element: unknown, into: Collector): void {
  const quantity = asObject(element)
  const value = quantity?.value
  if (!quantity || typeof value !== 'number') return
  const comparator = quantity.comparator
  const isBelow = comparator === '<' || comparator === '<='
  const isAbove = comparator === '>' || comparator === '>='
  into.quantities.push({
    parameter,
    low: isBelow ? Number.NEGATIVE_INFINITY : value,
    high: isAbove ? Number.POSITIVE_INFINITY : value,
    ...unitOf(quantity),
  })
}

function unitOf(quantity: Json) {
  return {
    system: textOf(quantity, 'system'),
    code: textOf(quantity, 'code'),
    unit: textOf(quantity, 'unit'),
  }
}

function addMoney(parameter: string, element: unknown, into: Collector): void {
  const money = asObject(element)
  if (!money || typeof money.value !== 'number') return
  const code = textOf(money, 'currency')
  into.quantities.push({
    parameter,
    low: money.value,
    high: money.value,
    system: 'urn:iso:std:iso:4217',
    code,
    unit: code,
  })
}

function addRange(parameter: string, element: unknown, into: Collector): void {
  const range = rangeOf(element)
  const side = asObject(element) ?? {}
  const unit = objectsIn(side.low)[0] ?? objectsIn(side.high)[0]
  if (range && unit) into.quantities.push({ parameter, low: range.low, high: range.high, ...unitOf(unit) })
}

function rangeOf(element: unknown): { low: number; high: number } | undefined {
  const range = asObject(element)
  const low = asObject(range?.low)?.value
  const high = asObject(range?.high)?.value
  if (typeof low !== 'number' && typeof high !== 'number') return undefined
  return {
    low: typeof low === 'number' ? low : Number.NEGATIVE_INFINITY,
    high: typeof high === 'number' ? high : Number.POSITIVE_INFINITY,
  }
}
