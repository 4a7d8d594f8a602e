/** JSON bodies: what is parsed, and what is refused before it can harm. */

import { deepEqual, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError } from '@xinglin/fhir'
import { isNestedDeeper } from './hot/nesting.ts'
import { parseJson } from './json.ts'

test('a body is parsed as it is, with or without a byte order mark', () => {
  const body = '{"resourceType":"Patient","name":[{"text":"张三"}]}'

  deepEqual(parseJson(Buffer.from(body)), JSON.parse(body))
  deepEqual(parseJson(Buffer.from(`\ufeff${body}`)), JSON.parse(body))
})

test('nesting up to the limit passes, one level more is refused', () => {
  const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth))

  parseJson(nested(100))
  refused(nested(101), 'web.json-depth')
  refused(nested(2_000_000), 'web.json-depth')
  refused(Buffer.from(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`), 'web.json-depth')
})

test('brackets within texts are no nesting', () => {
  const text = JSON.stringify({ note: '[{"\\'.repeat(500), next: ['"', '\\"[[['] })

  equal(isNestedDeeper(Buffer.from(text), 2), false)
  parseJson(Buffer.from(text), { maxDepth: 2 })
})

for (const body of [
  '{"__proto__":{"isAdmin":true}}',
  '{"a":[{"__pro\\u0074o__":1}]}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
])
  test(`a member that reaches into prototypes is refused: ${body}`, () => {
    refused(Buffer.from(body), 'web.json-prototype')
  })

test('a constructor that is a plain word passes', () => {
  deepEqual(parseJson(Buffer.from('{"constructor":"Li Builders"}')), { constructor: 'Li Builders' })
})

for (const body of ['', '{', '{"name":"张三"', 'nul', '{"a":1}}', '\u0000'])
  test(`text that is no JSON is refused without being quoted: ${JSON.stringify(body)}`, () => {
    const error = refused(Buffer.from(body), 'web.json')

    equal(error.message.includes('张三'), false)
  })

function refused(bytes: Buffer, code: string): OutcomeError {
  let caught: unknown
  throws(
    () => parseJson(bytes),
    (error) => {
      caught = error
      return true
    },
  )
  if (!(caught instanceof OutcomeError)) throw caught
  equal(caught.outcome.issue[0]?.details?.coding?.[0]?.code, code)
  return caught
}
