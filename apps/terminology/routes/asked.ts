/** Reading what a request asks for; each refusal names the field in `at`. */
import { invalid } from '@xinglin/fhir'
import type { BrowseQuestion } from '@xinglin/terminology'

const longestText = 1_000
/** Concepts of a page where none is named. */
const usualCount = 100

/** The code system that is asked about: its url and, where given, its version. */
export function systemOf(query: unknown): { readonly url: string; readonly version?: string } {
  const url = textOf(query, 'system')
  if (url === undefined) throw malformed('system', 'the url of a code system')
  const version = textOf(query, 'version')
  return version === undefined ? { url } : { url, version }
}

/** The code that is asked about. */
export function codeOf(query: unknown): string {
  const code = textOf(query, 'code')
  if (code === undefined) throw malformed('code', 'a code')
  return code
}

/** Which concepts are asked for, and which page of them. */
export function questionOf(query: unknown): BrowseQuestion {
  const text = textOf(query, 'text')
  return {
    among: amongOf(query),
    ...(text === undefined ? {} : { text }),
    offset: numberOf(query, 'offset', 0),
    count: numberOf(query, 'count', usualCount),
  }
}

function amongOf(query: unknown): BrowseQuestion['among'] {
  const among = textOf(query, 'among') ?? 'all'
  switch (among) {
    case 'all':
    case 'top':
      return among
    case 'below':
      return { below: codeOf(query) }
    default:
      throw malformed('among', 'all, top or below')
  }
}

function numberOf(query: unknown, name: string, usual: number): number {
  const text = textOf(query, name)
  if (text === undefined) return usual
  if (/^\d{1,7}$/.test(text)) return Number(text)
  throw malformed(name, 'a whole number from 0')
}

/** A field as text; undefined where it is absent or empty. */
export function textOf(from: unknown, name: string): string | undefined {
  const value: unknown =
    typeof from === 'object' && from !== null && Object.hasOwn(from, name)
      ? Reflect.get(from, name)
      : undefined
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string' && value.length <= longestText) return value
  throw malformed(name, `one text of at most ${longestText} characters`)
}

/** The refusal of a field. */
export function malformed(field: string, expected: string) {
  return invalid(`${field} must be ${expected}`, { code: 'terminology.field', at: field })
}
