/** RFC 8259: JSON bodies parsed once, with limits on nesting and without names that reach into prototypes. */

import { isUtf8 } from 'node:buffer'
import { invalid, OutcomeError, parseWithDecimals } from '@xinglin/fhir'
import { faultIn } from './hot/inspect.ts'
import { isNestedDeeper } from './hot/nesting.ts'
import { jsonFaultOffset } from './json-fault.ts'
import { maxJsonDepth } from './limits.ts'

// Below this size even a body of brackets alone builds less than 50 MB before the walk refuses it; above it the bytes
// are looked at first, which costs a third of the parse (0.45 ms on 300 KB).
const scanFromBytes = 1024 * 1024

/**
 * The value of UTF-8 JSON text. Throws `invalid`: `web.utf8` (not UTF-8), `web.json` (not JSON), `web.json-depth` (nested deeper than
 * `maxDepth`, default 100), `web.json-prototype` (a member named `__proto__`, or `constructor` with a `prototype`).
 */
export function parseJson(bytes: Buffer, options: { readonly maxDepth?: number } = {}): unknown {
  const maxDepth = options.maxDepth ?? maxJsonDepth
  if (bytes.length > scanFromBytes && isNestedDeeper(bytes, maxDepth)) throw tooDeep(maxDepth)
  // RFC 8259 §8.1: UTF-8 only. Replaced characters would be a name in the record that nobody has.
  if (!isUtf8(bytes)) throw invalid('the body is not UTF-8', { code: 'web.utf8' })
  return parse(bytes.toString('utf8'), (value) => refuseFaults(value, maxDepth))
}

function refuseFaults(value: unknown, maxDepth: number): void {
  const found = faultIn(value, maxDepth)
  if (found === 'depth') throw tooDeep(maxDepth)
  if (found === 'prototype')
    throw invalid('the JSON has a member named __proto__ or constructor.prototype', {
      code: 'web.json-prototype',
    })
}

function parse(text: string, check: (value: unknown) => void): unknown {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  try {
    // FHIR R4 §2.24.0.1: 1.50 is not 1.5.
    return parseWithDecimals(json, check)
  } catch (error) {
    if (error instanceof OutcomeError) throw error
    // The parser's own message quotes the text, which may be a patient's, and does not always say where: the place is enough.
    throw invalid(`the body is not valid JSON at character ${jsonFaultOffset(json)}`, { code: 'web.json' })
  }
}

function tooDeep(maxDepth: number) {
  return invalid(`the JSON is nested deeper than ${maxDepth} levels`, { code: 'web.json-depth' })
}
