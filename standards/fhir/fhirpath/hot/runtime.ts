/**
 * What emitted expressions call: the FHIRPath functions that are no single JavaScript expression. Loops instead of
 * chained array methods, because each runs inside the validation of every element that has such an invariant.
 */

type Json = { readonly [name: string]: unknown }

/** The empty collection. */
export const none: readonly never[] = []

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}

/** One value or none as a collection. */
export function asList(value: unknown): readonly unknown[] {
  return value === undefined ? none : [value]
}

/** §4.1 path: the values of `properties` in every object of `list`, with lists flattened; `_name` where a value is absent. */
export function pluck(list: readonly unknown[], properties: readonly string[]): readonly unknown[] {
  if (list.length === 0) return none
  const found: unknown[] = []
  for (const object of list) {
    if (!isObject(object)) continue
    for (const property of properties) add(found, object, property)
  }
  return found
}

function add(found: unknown[], object: Json, property: string): void {
  const value = object[property] ?? (object[`_${property}`] === undefined ? undefined : null)
  if (Array.isArray(value)) for (const each of value) found.push(each)
  else if (value !== undefined) found.push(value)
}

/** §5.1 isDistinct, of texts: an element without value is equal to nothing. */
export function isDistinct(list: readonly unknown[]): boolean {
  return list.length < 2 || distinct(list).length === list.length
}

/** §5.4 union: the items of both, each once. */
export function union(list: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  if (list.length + other.length < 2) return list.length > 0 ? list : other
  return distinct([...list, ...other])
}

function distinct(list: readonly unknown[]): readonly unknown[] {
  const once = [...new Set(list)]
  if (!once.some(isObject)) return once
  return once.filter((each, index) => !once.slice(0, index).some((earlier) => isEqual(earlier, each)))
}

/** §5.2.3 descendants: every object below, at any depth, in contained resources too. */
export function descendants(value: unknown): readonly unknown[] {
  const found: unknown[] = []
  gather(value, found)
  return found
}

function gather(value: unknown, found: unknown[]): void {
  if (Array.isArray(value)) {
    for (const each of value) if (isObject(each)) below(each, found)
  } else if (isObject(value)) {
    for (const name in value) below(value[name], found)
  }
}

function below(value: unknown, found: unknown[]): void {
  if (isObject(value) && !Array.isArray(value)) found.push(value)
  if (isObject(value)) gather(value, found)
}

/** §5.3 intersect is not empty: some value of one is deeply equal to one of the other. */
export function meets(list: readonly unknown[], other: readonly unknown[]): boolean {
  for (const one of list) for (const another of other) if (isEqual(one, another)) return true
  return false
}

function isEqual(one: unknown, another: unknown): boolean {
  if (one === another) return true
  if (!isObject(one) || !isObject(another)) return false
  const names = Object.keys(one)
  if (names.length !== Object.keys(another).length) return false
  return names.every((name) => isEqual(one[name], another[name]))
}

/** §5.6 startsWith; undefined where either is absent. */
export function startsWith(text: unknown, prefix: unknown): boolean | undefined {
  return typeof text === 'string' && typeof prefix === 'string' ? text.startsWith(prefix) : undefined
}

/** §5.6 contains; undefined where either is absent. */
export function includes(text: unknown, part: unknown): boolean | undefined {
  return typeof text === 'string' && typeof part === 'string' ? text.includes(part) : undefined
}

/** §5.6 matches: anywhere in the text unless the pattern is anchored; undefined where absent. */
export function matches(text: unknown, pattern: RegExp): boolean | undefined {
  return typeof text === 'string' ? pattern.test(text) : undefined
}

/** §5.6 replaceMatches, of every match; undefined where absent. */
export function replaceMatches(text: unknown, pattern: RegExp, by: string): string | undefined {
  return typeof text === 'string' ? text.replace(pattern, by) : undefined
}

/** §5.6 substring from a position, up to so many characters; undefined where absent or where the position is outside. */
export function substring(text: unknown, start: number, length?: number): string | undefined {
  if (typeof text !== 'string' || !(start >= 0 && start < text.length)) return undefined
  return text.slice(start, length === undefined ? undefined : start + Math.max(0, length))
}

/** §5.6 length in characters; undefined where absent. */
export function lengthOf(text: unknown): number | undefined {
  return typeof text === 'string' ? text.length : undefined
}

/** §5.5 toInteger; undefined for what is no whole number of 32 bits. */
export function toInteger(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : undefined
}

const moment = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d:\d\d)(?::(\d\d(?:\.\d+)?))?(Z|[+-]\d\d:\d\d)?)?$/

/** §6.2 below, equal or above zero for two dates or times; NaN where absent or where their precision leaves it open. */
export function compareMoments(one: unknown, another: unknown): number {
  if (typeof one !== 'string' || typeof another !== 'string') return Number.NaN
  if (one.length === another.length && one.slice(19) === another.slice(19))
    return one < another ? -1 : Number(one > another)
  if (one.length > 10 && another.length > 10) return Date.parse(one) - Date.parse(another)
  const left = parts(one)
  const right = parts(another)
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = Number(left[at]) - Number(right[at])
    if (difference !== 0) return difference
  }
  return 0
}

/** Year, month and day; a time, which the other has not, ends as one more part. In UTC where it has an offset. */
function parts(text: string): readonly string[] {
  const written = text.length > 10 ? `${new Date(Date.parse(text)).toISOString().slice(0, 10)}-1` : text
  return moment.test(text) ? written.split('-') : []
}

const ucum = 'http://unitsofmeasure.org'

/** §6.2 the same for two Quantities; NaN where absent or where they have not the same UCUM unit: none is converted. */
export function compareQuantities(one: unknown, another: unknown): number {
  if (!isObject(one) || !isObject(another)) return Number.NaN
  if (one.system !== ucum || another.system !== ucum || one.code !== another.code) return Number.NaN
  if (one.comparator !== undefined || another.comparator !== undefined) return Number.NaN
  return typeof one.code === 'string' ? Number(one.value) - Number(another.value) : Number.NaN
}
