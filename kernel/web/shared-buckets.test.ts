/** Shared rates in one process: tokens are leased in portions, a refusal is remembered, and nobody waits alone. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { createSharedBuckets } from './shared-buckets.ts'

const rate = { perSecond: 100, burst: 1_000 }

/** A store that gives what is left of `left`, and counts how often it was asked. */
function store(left: number) {
  const asked: number[] = []
  const lease = async (_key: string, _rate: object, want: number) => {
    asked.push(want)
    const tokens = Math.min(want, left)
    left -= tokens
    return { tokens, waitMs: tokens > 0 ? 0 : 1_500 }
  }
  return { asked, lease }
}

test('a tenth of a second of the rate is leased at once, then requests pass without a question', async () => {
  const { asked, lease } = store(1_000)
  const buckets = createSharedBuckets({ lease, elapsedMs: () => 0 })
  const waits: (number | Promise<number>)[] = []
  for (let request = 0; request < 21; request += 1) waits.push(await buckets.take('li', rate))
  deepEqual(asked, [10, 10, 10])
  deepEqual(new Set(waits), new Set([0]))
  equal(buckets.take('li', rate), 0)
})

test('who is refused waits in whole seconds, and the store is not asked again before', async () => {
  let nowMs = 0
  const { asked, lease } = store(2)
  const buckets = createSharedBuckets({ lease, elapsedMs: () => nowMs })
  const all = await Promise.all([1, 2, 3, 4].map(async () => buckets.take('li', rate)))
  deepEqual(all, [0, 0, 2, 2])
  equal(asked.length, 2)
  await buckets.take('li', rate)
  equal(asked.length, 2)
  nowMs = 1_501
  await buckets.take('li', rate)
  equal(asked.length, 3)
})
