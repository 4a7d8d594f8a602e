/** The table of places says what a map would say. */

import { deepEqual, equal } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createPlaceIndex } from './place-index.ts'

test('20,000 objects, some of them stored twice, are found where they were stored last, and no others', () => {
  const index = createPlaceIndex()
  const expected = new Map<string, { volume: number; block: number; sizeBytes: number }>()
  for (let number = 0; number < 20_000; number++) {
    const name = String(number % 17_000)
    const place = { volume: number % 900, block: number * 7, sizeBytes: number % 1_000_000 }
    index.set(digestOf(name), place)
    expected.set(name, place)
  }

  for (const [name, place] of expected) deepEqual(index.find(digestOf(name)), place)
  for (let number = 17_000; number < 20_000; number++) equal(index.find(digestOf(String(number))), undefined)
  equal(index.count(), 17_000)
})

function digestOf(name: string): Buffer {
  return createHash('sha256').update(name).digest()
}
