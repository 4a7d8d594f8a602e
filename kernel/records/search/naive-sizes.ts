/** FHIR R4 §3.1.1.4.7 and §3.1.1.4.11 the meaning of prefixes: whether a range of a resource stands to the one asked as it should. */
import type { DateQuery, NumberQuery, QuantityQuery, QuantityValue } from '@xinglin/fhir/search'
import { converted, otherUnits, ucumSystem } from './ucum.ts'

type Range = { readonly low: number; readonly high: number }

/** §3.1.1.4.7 dates; `highMs` and `high` are the first moment after each range. */
export function isDate({ prefix, lowMs, highMs }: DateQuery, low: number, high: number): boolean {
  const isContained = low >= lowMs && high <= highMs
  switch (prefix) {
    case 'eq':
      return isContained
    case 'ne':
      return !isContained
    case 'gt':
      return high > highMs
    case 'lt':
      return low < lowMs
    case 'ge':
      return high > highMs || isContained
    case 'le':
      return low < lowMs || isContained
    case 'sa':
      return low >= highMs
    case 'eb':
      return high <= lowMs
    case 'ap':
      return low < highMs && high > lowMs
  }
}

/** §3.1.1.4.6 numbers: equality by the digits that were written, the other prefixes by the value itself. */
export function isNumber({ prefix, value, low, high }: NumberQuery, range: Range): boolean {
  const isContained = range.low >= low && range.high < high
  switch (prefix) {
    case 'eq':
      return isContained
    case 'ne':
      return !isContained
    case 'gt':
      return range.high > value
    case 'lt':
      return range.low < value
    case 'ge':
      return range.high >= value
    case 'le':
      return range.low <= value
    case 'sa':
      return range.low > value
    case 'eb':
      return range.high < value
    case 'ap':
      return range.low < high && range.high >= low
  }
}

/** In the unit that was asked, or converted to it. */
export function isQuantity(wanted: QuantityQuery, value: QuantityValue): boolean {
  if (isUnit(wanted, value)) return isNumber(wanted, value)
  const { code } = wanted
  if (code === undefined || wanted.system !== ucumSystem || value.system !== ucumSystem) return false
  const own = value.code
  if (own === undefined || !otherUnits(code).includes(own)) return false
  const [low, high] = [value.low, value.high].map((each) =>
    Number.isFinite(each) ? converted(each, own, code) : each,
  )
  return low !== undefined && high !== undefined && isNumber(wanted, { low, high })
}

function isUnit(
  { system, code }: QuantityQuery,
  value: { system: string | undefined; code: string | undefined; unit: string | undefined },
): boolean {
  if (code === undefined) return true
  if (system !== undefined) return value.system === system && value.code === code
  return value.code === code || value.unit === code
}
