/** Rotations on a real database: values of each form move, a killed process loses nothing, an old version goes only when empty. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Database, sql } from '@xinglin/database'
import { OutcomeError } from '@xinglin/fhir'
import { openTestDatabase, testRuntime } from '@xinglin/testkit'
import {
  type Keys,
  keysMigrations,
  keysTasks,
  masterKeyFromBytes,
  openKeys,
  type SuiteName,
} from '../keys.ts'

const runtime = testRuntime()
const master = masterKeyFromBytes(Buffer.alloc(32, 1), 'file')
const by = { actor: 'user/an', display: '安全管理员 安', reason: '一年一换', at: runtime.now() }
/** More than two batches. */
const many = 1_203

test('what a purpose sealed moves to its new version in every form, and the old one is retired when nothing is left', async () => {
  const { database, keys } = await ward()
  const { kinds } = await fill(keys, database)
  const before = await counts(keys, database)

  await turn(keys, database, 'rotate', 'ward.note')

  deepEqual(before, { 'ward.bytes.value': { d1: many }, 'ward.texts.value': { d1: 2 } })
  deepEqual(await counts(keys, database), { 'ward.bytes.value': { d2: many }, 'ward.texts.value': { d2: 2 } })
  deepEqual(await kinds(), ['bytes 1203', 'texts note note'])
  deepEqual(await newest(keys, database), 'rotate ward.note done 1205/1205 {}')
  await turn(keys, database, 'retire', 'ward.note')
  deepEqual(await kinds(), ['bytes 1203', 'texts note note'])
  deepEqual(
    (await keys.states()).map(({ id, isCurrent, retired }) => `${id} ${isCurrent} ${retired !== undefined}`),
    ['k1 true false', 'd2 true false', 'd1 false true'],
  )
  const [old] = await database.query(sql<{ length: number }>`
    select length(wrapped) as length from keys.data_key where id = 1`)
  equal(old?.length, 0)
})

test('texts within resources and within jsonb move too, and what stands beside them stays', async () => {
  const { database, keys } = await ward()
  const content = (sealed: string) =>
    `{"id":"p","telecom":{"sealed$":"${sealed}"},"note":"x1.AAAAAAAAAAAA","address":{"sealed$":1}}`
  keys.rotations.declare({
    ...{ purpose: 'ward.chart', at: ['ward', 'charts', 'content'], form: 'within' },
    ...{ reads: sql`id`, contextOf: ({ id }) => `chart/${id}` },
  })
  keys.rotations.declare({
    ...{ purpose: 'ward.chart', at: ['ward', 'people', 'features'], form: 'json' },
    ...{
      reads: sql`id`,
      contextOf: ({ id }) => `person/${id}`,
      where: sql`jsonb_typeof(features) = 'string'`,
    },
  })
  await database.query(sql`create table ward.charts (id integer primary key, content text)`)
  await database.query(sql`create table ward.people (id integer primary key, features jsonb)`)
  const sealed = await keys.sealText('phone', { purpose: 'ward.chart', context: 'chart/1' })
  await database.query(sql`insert into ward.charts values (1, ${content(sealed)}), (2, '{"id":"q"}')`)
  const person = await keys.sealText('who', { purpose: 'ward.chart', context: 'person/1' })
  await database.query(
    sql`insert into ward.people values (1, to_jsonb(${person}::text)), (2, '{"name":"x"}')`,
  )

  await turn(keys, database, 'rotate', 'ward.chart')

  deepEqual(await keys.rotations.count(database, 'ward.chart'), {
    'ward.charts.content': { d2: 1 },
    'ward.people.features': { d2: 1 },
  })
  const [chart] = await database.query(sql<{ content: string }>`select content from ward.charts where id = 1`)
  const anew = /"sealed\$":"([^"]+)"/.exec(chart?.content ?? '')?.[1] ?? ''
  equal(chart?.content, content(anew))
  equal(await keys.openText(anew, { purpose: 'ward.chart', context: 'chart/1' }), 'phone')
  const rows = await database.query(
    sql<{ kept: string }>`select features #>> '{}' as kept from ward.people order by id`,
  )
  equal(await keys.openText(rows[0]?.kept ?? '', { purpose: 'ward.chart', context: 'person/1' }), 'who')
  equal(rows[1]?.kept, '{"name": "x"}')
})

test('a process that dies in the middle leaves what another goes on with', async () => {
  const { database, keys } = await ward()
  const { kinds } = await fill(keys, database)
  const id = await ask(keys, database, 'rotate', 'ward.note')
  for (const _ of [1, 2]) equal(await keys.rotations.step(id), 'more')
  equal(
    await newest(keys, database),
    'rotate ward.note sealing 500/1205 {"ward.bytes.value":1203,"ward.texts.value":2}',
  )

  const elsewhere = await openKeys({ database, runtime, suite: 'international', master })
  declare(elsewhere)
  await work(elsewhere, id)

  deepEqual(await kinds(), ['bytes 1203', 'texts note note'])
  equal(await newest(elsewhere, database), 'rotate ward.note done 1205/1205 {}')
  deepEqual(
    (await elsewhere.states()).map(({ id: key }) => key),
    ['k1', 'd2', 'd1'],
  )
})

test('a value that an old process seals late is found by the count and moves in another pass', async () => {
  const { database, keys } = await ward()
  await fill(keys, database)
  const [late] = await database.query(sql<{ value: string }>`select value from ward.texts where id = 1`)
  const id = await ask(keys, database, 'rotate', 'ward.note')
  while ((await keys.rotations.step(id)) !== 'wait');
  await database.query(sql`update ward.texts set value = ${late?.value} where id = 1`)

  await work(keys, id)

  deepEqual(await counts(keys, database), { 'ward.bytes.value': { d2: many }, 'ward.texts.value': { d2: 2 } })
})

test('an old version stays while anything lies under it, and says where', async () => {
  const { database, keys } = await ward()
  await fill(keys, database)
  await keys.rotate('ward.note')

  await turn(keys, database, 'retire', 'ward.note')

  equal(
    await newest(keys, database),
    'retire ward.note kept 0/0 {"ward.bytes.value":1203,"ward.texts.value":2}',
  )
  deepEqual(
    (await keys.states()).filter(({ retired }) => retired !== undefined),
    [],
  )
})

test('a retired signing key verifies what it signed, and a new key-encryption key takes its row along', async () => {
  const { database, keys } = await ward()
  const signature = await keys.sign(Buffer.from('day'), 'ward.day')
  await turn(keys, database, 'rotate', 'ward.day')
  await turn(keys, database, 'retire', 'ward.day')
  await turn(keys, database, 'wrap', '')

  equal(await keys.verify(Buffer.from('day'), signature, 'ward.day'), true)
  deepEqual(
    (await keys.states()).map(
      ({ id, wrappedBy = '-', retired }) => `${id} ${wrappedBy} ${retired !== undefined}`,
    ),
    ['k2 - false', 's2 k2 false', 's1 k2 true'],
  )
})

test('after a switch of suites a rotation moves what the other suite sealed', async () => {
  const { database, keys } = await ward()
  await fill(keys, database)
  const guomi = await openKeys({ database, runtime, suite: 'guomi', master })
  declare(guomi)

  await turn(guomi, database, 'rotate', 'ward.note')
  await turn(guomi, database, 'retire', 'ward.note')

  deepEqual(
    (await guomi.states()).flatMap(({ kind, suite, version, retired }) =>
      kind === 'data' ? [`${suite} ${version} ${retired !== undefined}`] : [],
    ),
    ['guomi 1 false', 'international 1 true'],
  )
})

test('what has nothing to do, runs already or cannot be counted is refused', async () => {
  const { database, keys } = await ward()
  await keys.sealText('note', { purpose: 'ward.note', context: 'text/1' })
  await keys.sealText('note', { purpose: 'ward.unknown', context: 'text/1' })

  await rejects(ask(keys, database, 'rotate', 'ward.never'), code('keys.no-purpose'))
  await rejects(ask(keys, database, 'retire', 'ward.note'), code('keys.nothing-to-retire'))
  await rejects(ask(keys, database, 'rotate', 'ward.unknown'), code('keys.no-places'))
  await ask(keys, database, 'rotate', 'ward.note')
  await rejects(ask(keys, database, 'rotate', 'ward.note'), code('keys.rotation-goes-on'))
})

function declare(keys: Keys): void {
  keys.rotations.declare({
    ...{ purpose: 'ward.note', at: ['ward', 'bytes', 'value'], form: 'bytes' },
    ...{ reads: sql`id`, contextOf: ({ id }) => `bytes/${id}` },
  })
  keys.rotations.declare({
    ...{ purpose: 'ward.note', at: ['ward', 'texts', 'value'], form: 'text' },
    ...{ reads: sql`id`, contextOf: ({ id }) => `text/${id}`, where: sql`value is not null` },
  })
}

async function ward(suite: SuiteName = 'international'): Promise<{ database: Database; keys: Keys }> {
  const { database, drop } = await openTestDatabase({ migrations: [keysMigrations] })
  after(drop)
  await database.query(sql`create schema ward`)
  await database.query(sql`create table ward.bytes (id integer primary key, value bytea)`)
  await database.query(sql`create table ward.texts (id integer primary key, value text)`)
  const keys = await openKeys({ database, runtime, suite, master })
  declare(keys)
  return { database, keys }
}

async function fill(keys: Keys, database: Database) {
  const ids = Array.from({ length: many }, (_, index) => index)
  const bytes = await Promise.all(
    ids.map(async (id) =>
      Buffer.from(await keys.seal(Buffer.from(`b${id}`), { purpose: 'ward.note', context: `bytes/${id}` })),
    ),
  )
  await database.query(sql`
    insert into ward.bytes select * from unnest(${ids}::integer[], ${bytes}::bytea[])`)
  for (const id of [1, 2]) {
    const text = await keys.sealText('note', { purpose: 'ward.note', context: `text/${id}` })
    await database.query(sql`insert into ward.texts values (${id}, ${text})`)
  }
  await database.query(sql`insert into ward.texts values (3, null)`)
  /** What opens. */
  const kinds = async () => {
    const held = await database.query(sql<{ id: number; value: Buffer }>`select id, value from ward.bytes`)
    const opened = await Promise.all(
      held.map(
        async ({ id, value }) =>
          Buffer.from(await keys.open(value, { purpose: 'ward.note', context: `bytes/${id}` })).toString() ===
          `b${id}`,
      ),
    )
    const texts = await database.query(sql<{ id: number; value: string }>`
      select id, value from ward.texts where value is not null order by id`)
    const notes = await Promise.all(
      texts.map(({ id, value }) => keys.openText(value, { purpose: 'ward.note', context: `text/${id}` })),
    )
    return [`bytes ${opened.filter(Boolean).length}`, `texts ${notes.join(' ')}`]
  }
  return { kinds }
}

function counts(keys: Keys, database: Database) {
  return keys.rotations.count(database, 'ward.note')
}

function ask(
  keys: Keys,
  database: Database,
  act: 'rotate' | 'retire' | 'wrap',
  purpose: string,
): Promise<number> {
  return database.transaction((transaction) => keys.rotations.ask(transaction, { act, purpose, ...by }))
}

function work(keys: Keys, rotation: number): Promise<void> {
  return keysTasks(keys)['keys.rotation']({ rotation }, AbortSignal.timeout(60_000))
}

async function turn(
  keys: Keys,
  database: Database,
  act: 'rotate' | 'retire' | 'wrap',
  purpose: string,
): Promise<void> {
  await work(keys, await ask(keys, database, act, purpose))
}

/** Act, purpose, state, values moved and due, and what is left. */
async function newest(keys: Keys, database: Database): Promise<string> {
  const [row] = await keys.rotations.list(database)
  return `${row?.act} ${row?.purpose} ${row?.state} ${row?.moved}/${row?.due} ${JSON.stringify(row?.remains)}`
}

function code(expected: string) {
  return (error: unknown) =>
    error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
}
