/** R4 search.html §3.1.1: a search as a type and pairs, and as the text of its address; each says all that the other says. */

export type Pair = { readonly id: number; readonly key: string; readonly value: string }
export type Draft = { readonly type: string; readonly pairs: readonly Pair[] }

/** Parameters that order, page and widen the answer; they have their own places in the builder. */
export const resultKeys = [
  '_sort',
  '_count',
  '_include',
  '_revinclude',
  '_total',
  '_summary',
  '_elements',
] as const

export const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const

/** The pairs whose parameter is not of the result. */
export function criteriaOf({ pairs }: Draft): readonly Pair[] {
  return pairs.filter(({ key }) => !isResultKey(key))
}

export function isResultKey(key: string): boolean {
  return (resultKeys as readonly string[]).includes(key.split(':')[0] ?? key)
}

/** `name:exact` as its parts; a chain stays in the name. */
export function splitKey(key: string): { readonly name: string; readonly modifier: string } {
  const colon = key.lastIndexOf(':')
  if (colon < 0 || key.startsWith('_has:') || key.slice(colon).includes('.'))
    return { name: key, modifier: '' }
  return { name: key.slice(0, colon), modifier: key.slice(colon + 1) }
}

/** `ge2026-01-01` as its parts; no prefix is `eq`. */
export function splitPrefix(value: string): { readonly prefix: string; readonly rest: string } {
  const found = prefixes.find((prefix) => value.startsWith(prefix))
  return found ? { prefix: found, rest: value.slice(2) } : { prefix: 'eq', rest: value }
}

/** The value with its prefix; `eq` is left out, as it is meant anyway. */
export function withPrefix(prefix: string, rest: string): string {
  return prefix === 'eq' ? rest : `${prefix}${rest}`
}

/** `Patient?name=x&_count=20`; pairs without a value are left out. */
export function queryText({ type, pairs }: Draft): string {
  const form = formOf({ type, pairs })
  return form === '' ? type : `${type}?${form}`
}

/** The parameters as a form, readable where a form may be. */
export function formOf({ pairs }: Draft): string {
  return pairs
    .filter(({ key, value }) => key !== '' && value !== '')
    .map(({ key, value }) => `${encode(key)}=${encode(value)}`)
    .join('&')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(?:2C|7C|3A|2F|24|5B|5D)/g, decodeURIComponent)
}

/** Reads what somebody wrote or pasted: a whole address, or what stands below the door; undefined where it is no search. */
export function readQuery(text: string): Draft | undefined {
  const below = text.trim().replace(/^(?:GET\s+)?(?:https?:\/\/[^/]+)?(?:.*\/fhir\/R4)?\/?/, '')
  const [, type, query = ''] = /^([A-Z][A-Za-z]+)(?:\/_search)?(?:\?(.*))?$/s.exec(below) ?? []
  if (!type) return undefined
  const pairs = [...new URLSearchParams(query)].map(([key, value], id) => ({ id, key, value }))
  return { type, pairs }
}

/** The command that asks the same from a terminal; the token is the caller's own. */
export function curlOf(draft: Draft, origin: string): string {
  const head = `curl -H "Authorization: Bearer $TOKEN" -H 'Accept: application/fhir+json'`
  return `${head} '${origin}/fhir/R4/${queryText(draft).replaceAll("'", '%27')}'`
}

/**
 * Whether a search may stand in the address of a page: it holds nothing but parameters of the result, the time of writing,
 * and codes of closed lists (`codes` by parameter), none of which tells of a patient.
 */
export function isPublic(draft: Draft, codes: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  return draft.pairs.every(({ key, value }) => {
    const { name, modifier } = splitKey(key)
    if (isResultKey(key) || name === '_lastUpdated' || modifier === 'missing') return true
    const known = codes.get(name)
    return value.split(',').every((each) => each === '' || known?.has(each.split('|').at(-1) ?? '') === true)
  })
}

/** Whether an issue's place is a parameter, with or without its modifier. */
export function isAbout(at: string | undefined, key: string): boolean {
  return at !== undefined && (at === key || at === key.split(/[:.]/)[0])
}
