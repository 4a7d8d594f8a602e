/** FHIRPath §5.4 and §6.1 over elements with their places: equality, order, and what stands in both of two collections. */
import { isDeepStrictEqual } from 'node:util'
import type { Found } from './found.ts'
import { NotSelected } from './not-selected.ts'

/** §5.4.1: each once, in the order in which they come. */
export function union(left: readonly Found[], right: readonly Found[], are: typeof isSame): readonly Found[] {
  const all: Found[] = []
  for (const each of [...left, ...right]) if (!all.some((other) => are(each, other))) all.push(each)
  return all
}

/** §6.1: empty where a side is empty. */
export function comparison(
  operator: string,
  left: readonly Found[],
  right: readonly Found[],
): readonly Found[] {
  if (left.length === 0 || right.length === 0) return []
  const areEqual =
    left.length === right.length && left.every((each, position) => isEqual(each, right[position]))
  if (operator === '=') return truth(areEqual)
  if (operator === '!=') return truth(!areEqual)
  const [a, b] = [left[0]?.value, right[0]?.value]
  if (left.length > 1 || right.length > 1 || !isOrdered(a) || typeof a !== typeof b || !isOrdered(b))
    throw new NotSelected(`${operator} compares two numbers or two texts`)
  switch (operator) {
    case '<':
      return truth(a < b)
    case '>':
      return truth(a > b)
    case '<=':
      return truth(a <= b)
    case '>=':
      return truth(a >= b)
    default:
      throw new NotSelected(`${operator} is not known here`)
  }
}

function isOrdered(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string'
}

/** Whether two elements have equal values. */
export function isEqual(one: Found | undefined, another: Found | undefined): boolean {
  return isDeepStrictEqual(one?.value, another?.value)
}

/** The same place, or equal values that stand nowhere. */
export function isSame(one: Found, another: Found): boolean {
  if (!one.place || !another.place) return !one.place && !another.place && isEqual(one, another)
  return (
    one.place.holder === another.place.holder &&
    one.place.property === another.place.property &&
    one.place.index === another.place.index
  )
}

/** Whether exactly true was found. */
export function isTrue(found: readonly Found[]): boolean {
  return found.length === 1 && found[0]?.value === true
}

/** A truth as an answer. */
export function truth(value: boolean): readonly Found[] {
  return [computed(value)]
}

/** A value that stands nowhere in the resource. */
export function computed(value: string | number | boolean): Found {
  const type = typeof value === 'number' ? 'decimal' : typeof value
  return { type, value }
}
