/**
 * R4 §2.24.0.1 decimal: the precision of a decimal is part of its meaning (0.010 is not 0.01), and JavaScript's numbers
 * do not keep it. A resource stays a plain object of plain numbers; the digits of those few numbers that would come out
 * otherwise are noted beside their object while the text is parsed, and given back when it is written. Kept as long as the
 * objects themselves are: a copy loses them, unless `carryDecimals` or `cloneWithDecimals` makes it.
 */

declare global {
  interface JSON {
    /** Text that `JSON.stringify` writes as it is (ECMAScript, Node 21). */
    rawJSON(text: string): object
  }
}

/** The digits by the property of their object. */
const notes = new WeakMap<object, Map<string, string>>()
/** Objects and lists that have a note themselves or below. */
const holders = new WeakSet<object>()

/** A number that JavaScript may write otherwise: zeros at the end of a fraction, an exponent, more digits than a double has. */
const imprecise = String.raw`-?(?:\d+\.\d*0|\d+(?:\.\d+)?[eE][+-]?\d+|(?=[\d.]{21})\d+(?:\.\d+)?)`
/** After the quotation mark that ends a name. Most bodies have none: 0.5 ms on 766 KB that take 3 ms to parse (Node 24). */
const candidate = new RegExp(String.raw`"\s*:\s*(${imprecise})(?=\s*[,}])`, 'g')
/** No JSON of FHIR has such a name; what a sender writes under it is judged like any unknown element. */
const mark = '\u0000'

type Written = { readonly name: string; readonly digits: string; readonly endOffset: number }

/** The members of a JSON text whose digits JavaScript would not give back. */
function* writtenIn(text: string): Generator<Written> {
  for (const match of text.matchAll(candidate)) {
    const digits = match[1] ?? ''
    if (String(Number(digits)) === digits) continue
    const openOffset = text.lastIndexOf('"', match.index - 1)
    const name = text.slice(openOffset + 1, match.index)
    // Within a string a quotation mark has a backslash before it, so that neither name nor what stands before it fit.
    if (/^[A-Za-z]\w*$/.test(name) && isAfterComma(text, openOffset))
      yield { name, digits, endOffset: match.index + match[0].length }
  }
}

function isAfterComma(text: string, offset: number): boolean {
  let before = offset - 1
  while (before >= 0 && /\s/.test(text.charAt(before))) before--
  return text.charAt(before) === '{' || text.charAt(before) === ','
}

/** Like `JSON.parse`, with digits noted. `check` sees the value before it is walked, and may throw. */
export function parseWithDecimals(text: string, check: (value: unknown) => void = () => undefined): unknown {
  const marked = withMarks(text)
  const value: unknown = JSON.parse(marked)
  check(value)
  if (marked !== text) gather(value)
  return value
}

/** The digits once more as text, beside the number and under a name of its own. */
function withMarks(text: string): string {
  let marked = ''
  let doneOffset = 0
  for (const { name, digits, endOffset } of writtenIn(text)) {
    marked += `${text.slice(doneOffset, endOffset)},"\\u0000${name}":"${digits}"`
    doneOffset = endOffset
  }
  return doneOffset === 0 ? text : marked + text.slice(doneOffset)
}

const whole = new RegExp(`^${imprecise}$`)

function gather(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const object = value as Record<string, unknown>
  let isHolder = false
  for (const name in object) {
    const below = object[name]
    if (name.startsWith(mark) && typeof below === 'string') {
      const plain = name.slice(mark.length)
      // Only what was marked here: a sender's own text under such a name must not reach the written JSON.
      if (!whole.test(below) || object[plain] !== Number(below)) continue
      note(object, plain, below)
      delete object[name]
      isHolder = true
    } else if (gather(below)) isHolder = true
  }
  if (isHolder) holders.add(object)
  return isHolder
}

function note(object: object, name: string, digits: string): void {
  const known = notes.get(object) ?? new Map<string, string>()
  notes.set(object, known.set(name, digits))
  holders.add(object)
}

/** Like `JSON.stringify`, with the digits as they were written; `from` is what `value` is a shallow copy of. */
export function stringifyWithDecimals(value: object, from: object = value, indent?: number): string {
  if (!holdsDecimals(from)) return JSON.stringify(value, null, indent)
  const written = function (this: object, name: string, each: unknown) {
    if (typeof each !== 'number') return each
    const digits = notes.get(this === value ? from : this)?.get(name)
    return digits === undefined || Number(digits) !== each ? each : JSON.rawJSON(digits)
  }
  return JSON.stringify(value, written, indent)
}

/** Also where the object itself is a copy made by hand: what it holds is not. */
function holdsDecimals(value: object): boolean {
  if (holders.has(value)) return true
  return Object.values(value).some(
    (below: unknown) => typeof below === 'object' && below !== null && holders.has(below),
  )
}

/** Makes the digits of `from` those of its shallow copy `to`. */
export function carryDecimals<T extends object>(from: object, to: T): T {
  if (!holders.has(from)) return to
  holders.add(to)
  const known = notes.get(from)
  if (known) notes.set(to, new Map(known))
  return to
}

/** A deep copy of JSON with its digits. */
export function cloneWithDecimals<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (!holders.has(value)) return structuredClone(value)
  const copy = Array.isArray(value)
    ? value.map((each) => cloneWithDecimals(each))
    : Object.fromEntries(Object.entries(value).map(([name, each]) => [name, cloneWithDecimals(each)]))
  return carryDecimals(value, copy) as T
}

/** The digits that JavaScript would not keep, in the order of a JSON text: two texts of equal values differ in nothing else. */
export function impreciseIn(json: string): string {
  return [...writtenIn(json)]
    .map(({ name, digits }) => `${name} ${digits}`)
    .sort()
    .join()
}
