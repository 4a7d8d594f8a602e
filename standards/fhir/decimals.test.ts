/** R4 §2.24.0.1 decimal: what was written is what is given back, and nothing else of a text changes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rewriteReferences } from './bundle.ts'
import {
  carryDecimals,
  cloneWithDecimals,
  impreciseIn,
  parseWithDecimals,
  stringifyWithDecimals,
} from './decimals.ts'
import { syntheaMissing, syntheaResources } from './testing/examples.ts'

const again = (text: string) => stringifyWithDecimals(parseWithDecimals(text) as object)

test('zeros at the end, exponents and long fractions come back as they were written', () => {
  for (const digits of [
    '1.50',
    '0.010',
    '100.0',
    '-0.0',
    '1e2',
    '1.0E-3',
    '0.10000000000000000001',
    '12345678901234567890.5',
    '5',
    '1.5',
  ])
    assert.equal(
      again(`{"a":{"value":${digits}},"b":[{"value":${digits},"code":"x"}]}`),
      `{"a":{"value":${digits}},"b":[{"value":${digits},"code":"x"}]}`,
    )
})

test('numbers are plain numbers while they are worked with', () => {
  assert.deepEqual(parseWithDecimals('{"value":1.50,"list":[{"value":2.0}]}'), {
    value: 1.5,
    list: [{ value: 2 }],
  })
})

test('what looks like a number within a text stays text', () => {
  const text = String.raw`{"div":"<p>, \"value\": 1.50, {\"a\":2.0}</p>","value":3.10}`

  assert.equal(again(text), text)
})

test('a number that was changed is written as it is now', () => {
  const value = parseWithDecimals('{"value":1.50,"other":2.0}') as { value: number }
  value.value = 7

  assert.equal(stringifyWithDecimals(value), '{"value":7,"other":2.0}')
})

test('a text under the name of a note does not reach the written JSON', () => {
  const text = String.raw`{"a":1.50,"\u0000value":"1.50,\"x\":1","value":1.5}`

  assert.deepEqual(Object.keys(parseWithDecimals(text) as object), ['a', '\u0000value', 'value'])
  assert.equal(again(text), text)
})

test('copies keep the digits: shallow, deep, and with references rewritten', () => {
  const value = parseWithDecimals(
    '{"id":"a","value":1.50,"of":[{"reference":"urn:uuid:1","part":{"value":2.0}}]}',
  ) as Readonly<Record<string, unknown>>

  const shallow = carryDecimals(value, { ...value, id: 'b' })
  const rewritten = rewriteReferences(value, () => 'Patient/1')

  assert.equal(
    stringifyWithDecimals(shallow),
    '{"id":"b","value":1.50,"of":[{"reference":"urn:uuid:1","part":{"value":2.0}}]}',
  )
  assert.equal(stringifyWithDecimals(cloneWithDecimals(value)), stringifyWithDecimals(value))
  assert.equal(
    stringifyWithDecimals(rewritten),
    '{"id":"a","value":1.50,"of":[{"reference":"Patient/1","part":{"value":2.0}}]}',
  )
})

test('equal values of other digits are told apart', () => {
  assert.notEqual(impreciseIn('{"value":1.50}'), impreciseIn('{"value":1.5}'))
  assert.equal(impreciseIn('{"a":1,"value":1.50}'), impreciseIn('{"value":1.50,"a":1}'))
})

test('a text without such numbers is written as JSON writes it', { skip: syntheaMissing }, () => {
  for (const resource of syntheaResources(2)) {
    const text = JSON.stringify(resource)
    assert.equal(again(text), text)
  }
})
