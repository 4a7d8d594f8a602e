/** FHIR R4 §5.1.0.8 fixed[x] and pattern[x], and §4.1.5 required bindings of a profile: whether one value is as it must be. */

type Json = { readonly [name: string]: unknown }

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}

/** fixed[x]: exactly the same, in structure and content; the order of properties does not count. */
export function isFixed(value: unknown, fixed: unknown): boolean {
  if (value === fixed) return true
  if (!isObject(value) || !isObject(fixed) || Array.isArray(value) !== Array.isArray(fixed)) return false
  const names = Object.keys(fixed)
  return (
    names.length === Object.keys(value).length && names.every((name) => isFixed(value[name], fixed[name]))
  )
}

/** pattern[x]: everything that stands in the pattern stands in the value; each of its list's items in some item. */
export function hasPattern(value: unknown, pattern: unknown): boolean {
  if (value === pattern) return true
  if (!isObject(value) || !isObject(pattern)) return false
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((wanted) => value.some((each) => hasPattern(each, wanted)))
  }
  for (const name in pattern) if (!hasPattern(value[name], pattern[name])) return false
  return true
}

/** A value set that can be listed. */
export type Codes = {
  /** `system|code`. */
  readonly keys: ReadonlySet<string>
  /** Codes alone, for elements that carry no system. */
  readonly codes: ReadonlySet<string>
}

/** The listed codes of `keys`, written `system|code`. */
export function codesOf(keys: Iterable<string>): Codes {
  const set = new Set(keys)
  return { keys: set, codes: new Set([...set].map((key) => key.slice(key.lastIndexOf('|') + 1))) }
}

/** Whether a coded value is in a listed set: one coding of a concept is enough, and text alone is no code to judge. */
export function isIn(value: unknown, { keys, codes }: Codes): boolean {
  if (typeof value === 'string') return codes.has(value)
  if (!isObject(value)) return true
  const codings = codingsOf(value)
  return codings.length === 0 || codings.some(({ system, code }) => keys.has(`${system}|${code}`))
}

export type AskedCoding = { readonly system?: string; readonly code: string }

/** The codes of a code, Coding, CodeableConcept or Quantity; none where it has none. */
export function codingsOf(value: unknown): readonly AskedCoding[] {
  if (typeof value === 'string') return [{ code: value }]
  if (!isObject(value)) return []
  const written: readonly unknown[] = Array.isArray(value.coding) ? value.coding : [value]
  return written.flatMap((each) => {
    if (!isObject(each) || typeof each.code !== 'string') return []
    return [{ code: each.code, ...(typeof each.system === 'string' ? { system: each.system } : {}) }]
  })
}
