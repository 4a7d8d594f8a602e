/** Token buckets: the burst, the average, the wait that is told, and the bound on memory. */

import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { createBuckets } from './rate-limit.ts'

test('a burst passes, then requests pass at the rate, and the wait is told in whole seconds', () => {
  let nowMs = 0
  const buckets = createBuckets({ perSecond: 2, burst: 4, elapsedMs: () => nowMs })

  deepEqual(take(buckets, 5), [0, 0, 0, 0, 1])
  nowMs += 1_000
  deepEqual(take(buckets, 3), [0, 0, 1])
})

test('a rate under one a second tells longer waits', () => {
  const buckets = createBuckets({ perSecond: 0.1, burst: 1, elapsedMs: () => 0 })

  deepEqual(take(buckets, 2), [0, 10])
})

test('addresses do not share', () => {
  const buckets = createBuckets({ perSecond: 1, burst: 1, elapsedMs: () => 0 })

  equal(buckets.take('10.0.0.1'), 0)
  equal(buckets.take('10.0.0.2'), 0)
  equal(buckets.take('10.0.0.1'), 1)
})

test('a flood of addresses forgets the least recently used, not the one that floods', () => {
  const buckets = createBuckets({ perSecond: 1, burst: 1, elapsedMs: () => 0 })
  buckets.take('quiet')
  buckets.take('busy')

  for (let address = 0; address < 49_999; address++) {
    buckets.take(`flood-${address}`)
    if (address % 1_000 === 0) buckets.take('busy')
  }

  equal(buckets.take('busy'), 1)
  equal(buckets.take('quiet'), 0)
})

function take(buckets: { take(key: string): number }, times: number): readonly number[] {
  return Array.from({ length: times }, () => buckets.take('10.0.0.1'))
}
