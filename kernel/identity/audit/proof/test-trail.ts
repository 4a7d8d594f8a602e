/** What the tests of the proof stand on: a sealed trail, and a superuser who changes it with the guards switched off. */
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, type Sql, sql } from '@xinglin/database'
import { createEventLog } from '@xinglin/events'
import { openKeys } from '@xinglin/keys'
import { createRecords } from '@xinglin/records'
import { openTestDatabase, testMasterKey, testRuntime } from '@xinglin/testkit'
import { createIdentity } from '../../identity.ts'
import type { HashAlgorithm } from './entry-text.ts'
import { createSealer } from './sealer.ts'
import { type VerifyOptions, verifyTrail } from './verify.ts'

const restMs = 20

/** Identity with keys and a sealer that seals when it is asked to. */
export async function testTrail(algorithm: HashAlgorithm = 'sha256') {
  const { database, drop } = await openTestDatabase()
  const runtime = testRuntime()
  const events = createEventLog({ database, runtime })
  const records = createRecords({ database, events, runtime })
  // The trail is what these tests are about, not the second factor of who makes its entries.
  const settings = { secondFactor: 'optional' } as const
  const identity = createIdentity({ database, records, events, runtime, settings })
  after(async () => {
    await identity.stop()
    await drop()
  })
  const keys = await openKeys({ database, runtime, suite: 'international', master: testMasterKey })
  const sealing = { database, keys, runtime, algorithm }
  const sealer = createSealer(sealing)
  /** Until nothing is left: transactions of other tests on the same server hold entries back. */
  const sealAll = async () => {
    for (let sealed = 0; ; await sleep(restMs)) {
      sealed += await sealer.seal()
      const [left] = await database.query(sql<{ isLeft: boolean }>`
        select exists(
          select from identity.audit
          where (xid, id) > (coalesce((select last_xid from trail.seal order by number desc limit 1), '0'::xid8),
            coalesce((select last_id from trail.seal order by number desc limit 1), 0))) as "isLeft"`)
      if (!left?.isLeft) return sealed
    }
  }
  const verify = (options?: VerifyOptions) =>
    verifyTrail({ from: database, keys, now: runtime.now(), timeZone: runtime.timeZone }, options)
  return { database, events, runtime, records, identity, keys, sealing, sealer, sealAll, verify }
}

/** Runs statements as a superuser does who has switched the triggers off, and answers what the guards then look like. */
export async function asSuperuser(database: Database, statements: readonly Sql[]): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query(sql`alter table identity.audit disable trigger all`)
    for (const table of ['seal', 'head', 'dropped_month'])
      await transaction.query(sql`alter table ${sql.id('trail', table)} disable trigger all`)
    for (const statement of statements) await transaction.query(statement)
    await transaction.query(sql`alter table identity.audit enable trigger all`)
    for (const table of ['seal', 'head', 'dropped_month'])
      await transaction.query(sql`alter table ${sql.id('trail', table)} enable trigger all`)
  })
}
