/** Months of the trail: none is dropped before its time, and what was dropped by rule leaves a signed record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { instantOf } from '@xinglin/fhir'
import { refusalOf } from '../../test-identity.ts'
import { asSuperuser, testTrail } from '../proof/test-trail.ts'
import { addMonths, dropMonth, monthStates, oldestKeptMonth } from './months.ts'

const { database, identity, runtime, keys, sealAll, verify } = await testTrail()
const parts = { database, runtime, keys, keepMonths: 6 }
const auditor = identity.systemActor('auditor', 1 as TenantId)
const dayMs = 86_400_000

async function access() {
  await identity.audit(auditor, { action: 'read', outcome: 'allowed' })
  await identity.stop()
  await sealAll()
}
const drop = (month: string) =>
  database.transaction((transaction) =>
    dropMonth(parts, transaction, { by: auditor, month, reason: 'rule 7' }),
  )

await addMonths(parts)
await access()
await access()

test('six months are kept at least, across the turn of a year, whatever is set', () => {
  assert.deepEqual(
    [
      oldestKeptMonth(instantOf(Date.parse('2026-09-01T00:00:00Z'), 'UTC'), 6),
      oldestKeptMonth(instantOf(Date.parse('2026-02-28T00:00:00Z'), 'UTC'), 6),
      oldestKeptMonth(instantOf(Date.parse('2026-09-01T00:00:00Z'), 'UTC'), 0),
    ],
    ['2026-03', '2025-08', '2026-03'],
  )
})

test('a month is not dropped before its time, and no other table by its name', async () => {
  assert.deepEqual(
    [
      await refusalOf(() => drop('2026-03')),
      await refusalOf(() => drop('2020-01')),
      await refusalOf(() => drop("x'")),
    ],
    ['conflict identity.audit-month-kept', 'invalid identity.audit-month', 'invalid identity.audit-month'],
  )
})

test('a dropped month is gone, its record is signed, and the verification knows both', async () => {
  runtime.advance(250 * dayMs)
  await addMonths(parts)
  await access()

  const dropped = await drop('2026-03')

  const [march] = (await monthStates(parts)).filter(({ month }) => month === '2026-03')
  assert.deepEqual(dropped, { entries: 2 })
  assert.deepEqual([march?.entries, march?.dropped?.by, march?.dropped?.reason], [2, 'auditor', 'rule 7'])
  const { head, ...found } = await verify()
  assert.deepEqual(found, { seals: 3, entries: 1, dropped: 2, heads: 2, unsealed: 0, findings: [] })
})

test('a record of a dropped month that nobody signed excuses no missing entry', async () => {
  await asSuperuser(database, [sql`update trail.dropped_month set entries = 1`])
  const { findings } = await verify()
  assert.deepEqual(
    findings.map(({ kind, entry }) => `${kind} ${entry ?? ''}`),
    ['head ', 'missing 1', 'missing 2'],
  )
})
