/** RFC 8259: the sender of a malformed body is told where it stops being JSON. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonFaultOffset } from './json-fault.ts'

const faults: readonly (readonly [text: string, offset: number])[] = [
  ['', 0],
  ['abc', 0],
  ['{"a":x}', 5],
  ['{"a":1,}', 7],
  ['{a:1}', 1],
  ['{"a" 1}', 5],
  ['[1 2]', 3],
  ['[1,]', 3],
  ['[1}', 2],
  ['{"a":1]', 6],
  ['{"a":[1,{"b":"c', 13],
  ['{"a":01}', 6],
  ['1 2', 2],
  ['"a\u0001"', 0],
  ['{"resourceType":', 16],
]

test('the first character that cannot stand where it stands is found', () => {
  for (const [text, offset] of faults) {
    assert.throws(() => JSON.parse(text), text)
    assert.equal(jsonFaultOffset(text), offset, text)
  }
})

test('a text that is JSON has no fault before its end', () => {
  for (const text of ['1', ' [ ] ', '{"a":[{},[],"\\u00e9\\n",-1.5e+3,true,false,null]}']) {
    assert.equal(jsonFaultOffset(text), text.length)
  }
})

test('a body of two hundred thousand brackets is read without touching the stack', () => {
  assert.equal(jsonFaultOffset('['.repeat(200_000)), 200_000)
})
