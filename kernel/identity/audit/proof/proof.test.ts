/** The proof of the trail: seals in the order of transactions, and each way to change what was written is found and named. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { headToKeep } from './heads.ts'
import { createSealer } from './sealer.ts'
import { asSuperuser, testTrail } from './test-trail.ts'

const trail = await testTrail()
const { database, identity, runtime, sealer, sealAll, sealing, verify } = trail
const nurse = {
  ...identity.systemActor('nurse', 1 as TenantId),
  purpose: 'TREAT',
  client: 'growth-chart',
  session: 's1',
}

async function seals(count: number) {
  for (let seal = 0; seal < count; seal++) {
    for (let access = 0; access < 10; access++) {
      runtime.advance(100)
      await identity.audit(nurse, {
        action: 'read',
        outcome: 'allowed',
        resourceType: 'Observation',
        resourceId: `seal-${seal}-${access}`,
        patient: access % 2 ? 'asha' : 'leo',
        detail: 'version 1',
      })
    }
    await identity.stop()
    await sealAll()
  }
}
await seals(12)
/** Ids of all entries, in the order of the trail. */
const ids = (
  await database.query(
    sql<{ id: string }>`select id::text from identity.audit order by identity.audit.xid, identity.audit.id`,
  )
).map(({ id }) => id)
const kept = await headToKeep(sealing)

test('an untouched trail verifies, entry by entry', async () => {
  const { head, ...found } = await verify({ head: kept })
  assert.equal(head, kept.head)
  assert.deepEqual(found, { seals: 12, entries: 120, dropped: 0, heads: 2, unsealed: 0, findings: [] })
})

/** A manipulation, and how a finding about it begins. */
type Planted = {
  readonly what: string
  readonly act: readonly Sql[]
  readonly found: string
}

const saved = sql`create table saved as select * from identity.audit`
const savedSeals = sql`create table saved_seal as select * from trail.seal`
const savedHeads = sql`create table saved_head as select * from trail.head`
const restore = [
  sql`delete from identity.audit`,
  sql`insert into identity.audit select * from saved`,
  sql`delete from trail.seal`,
  sql`insert into trail.seal select * from saved_seal`,
  sql`delete from trail.head`,
  sql`insert into trail.head select * from saved_head`,
]

const columns = {
  actor: 'system/other',
  actor_display: 'other',
  address: '10.9.9.9',
  action: 'search',
  resource_type: 'Patient',
  resource_id: 'x',
  patient: 'nobody',
  detail: 'version 2',
  outcome: 'refused',
  purpose: 'HRESCH',
  client: 'another-app',
  session: 's2',
} as const

const entryAt = (index: number) => ids.at(index) ?? ''

/** Every element of an entry, at places all over the trail. */
const changed: readonly Planted[] = Object.entries(columns).map(([column, value], index) => ({
  what: `${column} of an entry is changed`,
  act: [sql`update identity.audit set ${sql.id(column)} = ${value} where id = ${entryAt(index * 9)}::bigint`],
  found: `changed ${entryAt(index * 9)}`,
}))

const otherValues: readonly Planted[] = [
  ['at', sql`at = at + interval '1 microsecond'`],
  ['tenant', sql`tenant = 2`],
  ['patients', sql`patients = array['asha', 'leo']`],
  ['an element taken away', sql`detail = null`],
  ['letters of another case', sql`actor = 'System/nurse'`],
].map(([what, set], index) => ({
  what: `changed: ${String(what)}`,
  act: [sql`update identity.audit set ${set as Sql} where id = ${entryAt(50 + index)}::bigint`],
  found: `changed ${entryAt(50 + index)}`,
}))

/** Places at the edges of the trail and of seals, and within. */
const places = [0, 1, 9, 10, 55, 99, 100, 109, 118, 119]
const missing: readonly Planted[] = places.map((index) => ({
  what: `entry ${index} is deleted`,
  act: [sql`delete from identity.audit where id = ${entryAt(index)}::bigint`],
  found: `missing ${entryAt(index)}`,
}))

const added: readonly Planted[] = places.slice(0, 8).map((index) => ({
  what: `an entry is added behind entry ${index}`,
  act: [
    sql`
      insert into identity.audit (xid, id, at, tenant, actor, actor_display, action, outcome)
      select xid, ${9_000 + index}::bigint, at, tenant, actor, actor_display, action, outcome
      from identity.audit where id = ${entryAt(index)}::bigint`,
  ],
  found: `added ${9_000 + index}`,
}))

/** Contents of two entries change places: within one seal, and between seals. */
const swapped: readonly Planted[] = (
  [
    [0, 1],
    [4, 8],
    [9, 10],
    [20, 99],
    [0, 119],
    [60, 61],
  ] as const
).map(([one, other]) => ({
  what: `entries ${one} and ${other} change places`,
  act: [
    sql`
      update identity.audit as entry set (at, resource_id, patient) = (
        select at, resource_id, patient from saved
        where saved.id = case when entry.id = ${entryAt(one)}::bigint then ${entryAt(other)}::bigint else ${entryAt(one)}::bigint end)
      where entry.id in (${entryAt(one)}::bigint, ${entryAt(other)}::bigint)`,
  ],
  found: `reordered ${entryAt(one)}`,
}))

const moved: readonly Planted[] = [
  {
    what: 'an entry gets another number',
    act: [sql`update identity.audit set id = 9500 where id = ${entryAt(33)}::bigint`],
    found: 'reordered 9500',
  },
  {
    what: 'an entry moves into an older transaction',
    act: [
      sql`update identity.audit set xid = (select xid from saved where id = ${entryAt(2)}::bigint) where id = ${entryAt(70)}::bigint`,
    ],
    found: `reordered ${entryAt(70)}`,
  },
]

const seal: readonly Planted[] = [
  {
    what: 'a seal is taken away',
    act: [sql`delete from trail.seal where number = 5`],
    found: 'seal-missing',
  },
  {
    what: 'the end of the trail is cut off with its seals',
    act: [
      sql`delete from trail.seal where number > 10`,
      sql`delete from identity.audit where (xid, id) > (select last_xid, last_id from trail.seal where number = 10)`,
    ],
    found: 'head',
  },
  {
    what: 'a head of a seal is changed',
    act: [sql`update trail.seal set head = sha256('x') where number = 7`],
    found: 'seal-changed',
  },
  {
    what: 'the digest of an entry is changed in its seal together with the entry',
    act: [
      sql`update trail.seal set entries = overlay(entries placing sha256('x') from 25) where number = 3`,
      sql`update identity.audit set patient = 'nobody' where id = ${entryAt(20)}::bigint`,
    ],
    found: 'seal-changed',
  },
  {
    what: 'two seals change their numbers',
    act: [
      sql`update trail.seal set number = 99 where number = 2`,
      sql`update trail.seal set number = 2 where number = 3`,
      sql`update trail.seal set number = 3 where number = 99`,
    ],
    found: 'seal-changed',
  },
  {
    what: 'a signature is replaced',
    act: [sql`update trail.head set signature = 'MEUCIQ==' where seal = 12`],
    found: 'head 12',
  },
  {
    what: 'a signed head is changed',
    act: [sql`update trail.head set head = sha256('x') where seal = 1`],
    found: 'head 1',
  },
]

const planted = [...changed, ...otherValues, ...missing, ...added, ...swapped, ...moved, ...seal]

test('fifty manipulations by a superuser with the triggers off are each found and named', async (context) => {
  await asSuperuser(database, [saved, savedSeals, savedHeads])
  assert.equal(planted.length, 50)
  for (const { what, act, found } of planted) {
    await asSuperuser(database, act)
    const { findings } = await verify()
    const lines = findings.map(({ kind, entry, seal: number }) => `${kind} ${entry ?? number}`)
    assert.ok(
      lines.some((line) => line.startsWith(found)),
      `${what}: ${found} is not among ${lines.join(', ')}`,
    )
    await asSuperuser(database, restore)
  }
  context.diagnostic(`${planted.length} manipulations found`)
  assert.deepEqual((await verify({ head: kept })).findings, [])
})

test('whoever makes all seals anew is found by the signed head, also by one that was kept outside', async () => {
  await asSuperuser(database, [
    sql`update identity.audit set patient = 'nobody' where id = ${entryAt(3)}::bigint`,
    sql`delete from trail.seal`,
    sql`delete from trail.head`,
  ])
  await sealAll()
  const inside = await verify()
  const outside = await verify({ head: kept })
  assert.deepEqual(inside.findings, [])
  assert.deepEqual(
    outside.findings.map(({ kind, seal: number }) => [kind, number]),
    [['head', '12']],
  )
  await asSuperuser(database, restore)
})

test('a trail whose guards are switched off says so', async () => {
  await database.query(sql`alter table trail.seal disable trigger all`)
  const { findings } = await verify()
  await database.query(sql`alter table trail.seal enable trigger all`)
  assert.deepEqual(findings, [{ kind: 'guard', seal: '', what: 'trail.seal has lost what refuses changes' }])
})

test('part of the time is verified as part of the chain', async () => {
  const [middle] = await database.query(sql<{ at: string }>`select at from trail.seal where number = 6`)
  const { seals: count, findings } = await verify({ from: middle?.at as never })
  assert.deepEqual([count, findings], [7, []])
})

test('an entry of a transaction that is still open is sealed when it has ended, and none is passed over', async () => {
  let finish = () => undefined as undefined
  const waits = new Promise<void>((resolve) => {
    finish = () => void resolve()
  })
  let begun = () => undefined as undefined
  const isBegun = new Promise<void>((resolve) => {
    begun = () => void resolve()
  })
  const open = database.transaction(async (transaction) => {
    await identity.audit(nurse, { action: 'create', outcome: 'allowed', resourceId: 'slow' }, transaction)
    await transaction.query(sql`select pg_current_xact_id()`)
    begun()
    await waits
  })
  await isBegun
  await identity.audit(nurse, { action: 'read', outcome: 'allowed', resourceId: 'quick' })
  await identity.stop()

  const whileOpen = await sealer.seal()
  finish()
  await open
  const afterwards = await sealAll()

  assert.deepEqual([whileOpen, afterwards], [0, 2])
  assert.deepEqual((await verify()).findings, [])
})

test('the chain may go on in SM3', async () => {
  await identity.audit(nurse, { action: 'read', outcome: 'allowed', resourceId: 'sm3' })
  await identity.stop()
  const inSm3 = createSealer({ ...sealing, algorithm: 'sm3' })
  while ((await inSm3.seal()) === 0) await sleep(20)
  const [last] = await database.query(
    sql<{ algorithm: string }>`select algorithm from trail.seal order by number desc limit 1`,
  )
  assert.deepEqual([last?.algorithm, (await verify()).findings], ['sm3', []])
})
