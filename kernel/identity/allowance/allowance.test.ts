/** Rates that processes share: what one took is gone for the other, and the bucket fills again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@xinglin/database'
import { testDatabase, testRuntime } from '@xinglin/testkit'
import { createAllowances } from './allowance.ts'

const database = await testDatabase()
const here = createAllowances({ database })
const other = await openDatabase({ url: database.url, log: testRuntime().log, poolSize: 4 })
const there = createAllowances({ database: other })
test.after(() => other.close())

test('two processes that lease at once get together what the bucket held', async () => {
  const slow = { perSecond: 0.001, burst: 40 }
  const leases = await Promise.all(
    Array.from({ length: 20 }, (_, turn) => (turn % 2 === 0 ? here : there).lease('flood', slow, 3)),
  )
  assert.equal(
    leases.reduce((all, { tokens }) => all + tokens, 0),
    40,
  )
})

test('an empty bucket tells when its next token comes, and then has it', async () => {
  const rate = { perSecond: 0.5, burst: 1 }
  assert.deepEqual(await here.lease('one', rate, 1), { tokens: 1, waitMs: 0 })
  const { tokens, waitMs } = await there.lease('one', rate, 1)
  assert.equal(tokens, 0)
  assert.ok(waitMs > 0 && waitMs <= 2_000)
  await sleep(waitMs + 5)
  assert.deepEqual(await here.lease('one', rate, 1), { tokens: 1, waitMs: 0 })
})

test('more than a full bucket is never leased, and keys do not share', async () => {
  const rate = { perSecond: 1, burst: 5 }
  assert.equal((await here.lease('a', rate, 100)).tokens, 5)
  assert.equal((await here.lease('b', rate, 2)).tokens, 2)
})
