/** Where the parts to be sealed stand in a resource's JSON as it is stored: compact, so that each part can be put back byte for byte. */
import { hiddenIn, isConcerned, type SealingRules } from './rules.ts'

/** Of a text, the end not included. */
export type Span = { readonly startOffset: number; readonly endOffset: number }

/** In their order; empty where nothing is to be sealed. */
export function spansOf(json: string, rules: SealingRules): readonly Span[] {
  if (!isConcerned(json, rules)) return []
  const spans: Span[] = []
  valueEnd({ json, rules, found: (span) => spans.push(span) }, 0, JSON.parse(json))
  return spans
}

type Reading = {
  readonly json: string
  /** Undefined within what is sealed whole. */
  readonly rules: SealingRules | undefined
  readonly found: (span: Span) => void
}

/** Offset after the value that begins at `at`. */
function valueEnd(reading: Reading, at: number, value: unknown): number {
  if (Array.isArray(value)) return listEnd(reading, at, value)
  if (isObject(value)) return objectEnd(reading, at, value)
  return typeof value === 'string' ? stringEnd(reading.json, at) : scalarEnd(reading.json, at)
}

function listEnd(reading: Reading, at: number, list: readonly unknown[]): number {
  let offset = at + 1
  for (const item of list) offset = afterComma(reading.json, valueEnd(reading, offset, item))
  return offset + 1
}

function objectEnd(reading: Reading, at: number, object: Readonly<Record<string, unknown>>): number {
  const { json, rules, found } = reading
  const isHidden = rules && hiddenIn(object, rules)
  let offset = at + 1
  while (json.charAt(offset) !== '}') {
    const nameEnd = stringEnd(json, offset)
    const name: string = JSON.parse(json.slice(offset, nameEnd))
    const startOffset = nameEnd + 1
    const hidden = isHidden?.(name) ?? false
    const within = hidden ? { ...reading, rules: undefined } : reading
    const endOffset = valueEnd(within, startOffset, object[name])
    if (hidden) found({ startOffset, endOffset })
    offset = afterComma(json, endOffset)
  }
  return offset + 1
}

function stringEnd(json: string, at: number): number {
  let end = json.indexOf('"', at + 1)
  while (isEscaped(json, end)) end = json.indexOf('"', end + 1)
  return end + 1
}

function isEscaped(json: string, at: number): boolean {
  let before = at - 1
  while (json.charAt(before) === '\\') before--
  return (at - before) % 2 === 0
}

function scalarEnd(json: string, at: number): number {
  let end = at
  while (!',]}'.includes(json.charAt(end))) end++
  return end
}

function afterComma(json: string, at: number): number {
  return json.charAt(at) === ',' ? at + 1 : at
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
