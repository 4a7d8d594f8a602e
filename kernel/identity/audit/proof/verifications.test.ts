/** Verifications as durable work: with progress, gone on with after a kill, the same findings as of the command line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { refusalOf } from '../../test-identity.ts'
import { proofDays } from './days.ts'
import { asSuperuser, testTrail } from './test-trail.ts'
import { askVerification, runVerification, stopVerification, verifications } from './verifications.ts'

const { database, identity, runtime, keys, sealAll, verify } = await testTrail()
const tenant = 1 as TenantId
const auditor = identity.systemActor('auditor', tenant)
const { timeZone } = runtime
const parts = { database, keys, timeZone, now: runtime.now }
const never = new AbortController().signal
const dayMs = 86_400_000

/** More seals than one batch of the verifier holds, over three days. */
for (let seal = 0; seal < 60; seal++) {
  runtime.advance(seal % 20 === 19 ? dayMs : 1_000)
  await identity.audit(auditor, { action: 'read', outcome: 'allowed', resourceId: `e${seal}` })
  await identity.stop()
  await sealAll()
}
const ask = (id: string) =>
  database.transaction((transaction) => askVerification(transaction, auditor, { id, at: runtime.now() }))
const found = async (id: string) =>
  (await verifications(database, tenant, timeZone)).find((each) => each.id === id)
const idOf = (number: number) => `00000000-0000-4000-8000-00000000000${number}`

test('a verification tells how far it is, and what it found is what the command line finds', async () => {
  await ask(idOf(1))
  const waiting = await found(idOf(1))
  await runVerification(parts, idOf(1), never)
  const finished = await found(idOf(1))
  assert.deepEqual(
    [waiting?.state, waiting?.sealsDone, waiting?.sealsTotal, finished?.state, finished?.sealsDone],
    ['waiting', 0, 60, 'finished', 60],
  )
  assert.deepEqual(finished?.result, { ...(await verify()), findingsCount: 0 })
})

test('one that was cut off goes on behind the last batch; one that was stopped stays so', async () => {
  await ask(idOf(2))
  const cut = { throwIfAborted: () => undefined } as AbortSignal
  let batches = 0
  const killed = {
    ...cut,
    throwIfAborted: () => {
      if (batches++ === 1) throw new Error('killed')
    },
  }
  await assert.rejects(() => runVerification(parts, idOf(2), killed as AbortSignal), /killed/)
  const begun = await found(idOf(2))
  await runVerification(parts, idOf(2), never)
  const finished = await found(idOf(2))
  assert.deepEqual([begun?.state, begun?.sealsDone, finished?.result?.seals], ['running', 50, 60])
  await ask(idOf(3))
  const stop = () =>
    database.transaction((transaction) =>
      stopVerification(transaction, tenant, { id: idOf(3), at: runtime.now() }),
    )
  await stop()
  await runVerification(parts, idOf(3), never)
  assert.deepEqual(
    [(await found(idOf(3)))?.state, await refusalOf(stop)],
    ['stopped', 'notFound identity.no-verification'],
  )
})

test('a planted manipulation is named by its place and kind, and the days show what is missing', async () => {
  const days = await proofDays(database, { month: '2026-03', timeZone })
  await asSuperuser(database, [
    sql`update identity.audit set patient = 'nobody' where resource_id = 'e7'`,
    sql`delete from trail.seal where number = 30`,
  ])
  await ask(idOf(4))
  await runVerification(parts, idOf(4), never)
  const { result } = (await found(idOf(4))) ?? {}
  assert.deepEqual(
    result?.findings.map(({ kind, seal, at }) => `${kind} ${seal} ${at?.slice(0, 10)}`),
    ['changed 8 2026-03-02', 'seal-missing 31 2026-03-03', 'added 31 2026-03-03'],
  )
  const after = await proofDays(database, { month: '2026-03', timeZone })
  assert.deepEqual(
    [days, after].map((each) => each.map(({ day, seals, signed, missing }) => [day, seals, signed, missing])),
    [
      [
        ['2026-03-02', 19, 1, 0],
        ['2026-03-03', 20, 1, 0],
        ['2026-03-04', 20, 1, 0],
        ['2026-03-05', 1, 1, 0],
      ],
      [
        ['2026-03-02', 19, 1, 0],
        ['2026-03-03', 19, 1, 1],
        ['2026-03-04', 20, 1, 0],
        ['2026-03-05', 1, 1, 0],
      ],
    ],
  )
})
