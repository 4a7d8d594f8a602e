/** Jobs: asked for in the transaction of the act, run once it has committed, tried again when they fail. */

import { deepEqual, equal, ok } from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import { openTestDatabase, testRuntime } from '@xinglin/testkit'
import { createJobs } from './jobs.ts'

const runtime = testRuntime()
const done: string[] = []
const waiters: (() => void)[] = []
let failures = 1

const { database, drop } = await openTestDatabase()
const jobs = createJobs({ database, runtime })
after(async () => {
  await jobs.stop()
  await drop()
})
await jobs.start({
  'ward.remind': async (payload) => finish(`remind ${payload.bed}`),
  'ward.fail-once': async () => {
    if (failures-- > 0) throw new Error('the printer is off')
    finish('printed')
  },
})

test('a job runs once its transaction has committed', async () => {
  const latencies: number[] = []
  for (const bed of ['A12', 'A13', 'A14']) {
    const startedMs = performance.now()
    await database.transaction((transaction) =>
      jobs.enqueue(transaction, { task: 'ward.remind', payload: { bed } }),
    )
    await next(`remind ${bed}`)
    latencies.push(performance.now() - startedMs)
  }

  // The best of three: others use the machine too.
  ok(Math.min(...latencies) < 1_000, `${latencies.map(Math.round)} ms`)
})

test('a job of a transaction that rolled back never runs', async () => {
  await database
    .transaction(async (transaction) => {
      await jobs.enqueue(transaction, { task: 'ward.remind', payload: { bed: 'never' } })
      throw new Error('the bed is occupied')
    })
    .catch(() => undefined)
  await database.transaction((transaction) =>
    jobs.enqueue(transaction, { task: 'ward.remind', payload: { bed: 'B1' } }),
  )

  await next('remind B1')

  equal(done.includes('remind never'), false)
})

test('a later request with the same key replaces the earlier one that has not started', async () => {
  await settled()
  const runAt = '2999-01-01T00:00:00.000+08:00' as Instant
  const request = { task: 'ward.remind', key: 'bed-C1', runAt }
  await database.transaction((transaction) =>
    jobs.enqueue(transaction, { ...request, payload: { bed: 'C1' } }),
  )
  await database.transaction((transaction) =>
    jobs.enqueue(transaction, { ...request, payload: { bed: 'C2' } }),
  )

  deepEqual(await jobs.states(), [{ task: 'ward.remind', waiting: 1, running: 0, failed: 0 }])

  await database.transaction((transaction) =>
    jobs.enqueue(transaction, { task: 'ward.remind', key: 'bed-C1', payload: { bed: 'C3' } }),
  )
  await next('remind C3')
  await settled()
  deepEqual(await jobs.states(), [])
})

test('a job that fails is kept and tried again', async () => {
  await database.transaction((transaction) =>
    jobs.enqueue(transaction, { task: 'ward.fail-once', payload: {} }),
  )
  await until(async () => runtime.lines.some((line) => line.message === 'job worker error'))
  await until(async () => (await jobs.states()).every(({ running }) => running === 0))

  deepEqual(await jobs.states(), [{ task: 'ward.fail-once', waiting: 1, running: 0, failed: 0 }])
  await database.query(sql`update graphile_worker._private_jobs set run_at = now()`)
  await next('printed')

  equal(JSON.stringify(runtime.lines).includes('printer'), false, 'the log quotes no message of a job')
})

function finish(what: string): void {
  done.push(what)
  for (const wake of waiters.splice(0)) wake()
}

async function next(what: string): Promise<void> {
  while (!done.includes(what)) await new Promise<void>((wake) => waiters.push(wake))
}

/** The worker deletes a finished job after its task has ended. */
async function settled(): Promise<void> {
  await until(async () => (await jobs.states()).length === 0)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((wake) => setTimeout(wake, 10))
}
