/** The pool against a real PostgreSQL: values, failures, transactions, notifications. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { OutcomeError } from '@xinglin/fhir'
import { testDatabase } from '@xinglin/testkit'
import { constraintOf, sql, sqlStateOf } from './database.ts'

const database = await testDatabase({ migrations: [] })
await database.query({
  text: `create table bed (
    name text primary key,
    patient text constraint one_bed_each unique,
    places integer constraint some_places check (places > 0)
  )`,
  values: [],
})

/** `failure code` of what a promise fails with. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  if (!(error instanceof OutcomeError)) return `not an OutcomeError: ${error}`
  return `${error.failure} ${error.outcome.issue[0]?.details?.coding?.[0]?.code}`
}

test('values come back without losing precision and never as a Date', async () => {
  const rows = await database.query(sql`
    select
      9007199254740991::int8 as safe,
      9007199254740993::int8 as wide,
      0.10::numeric as dose,
      '2026-03-02'::date as day,
      '2026-03-02 08:00:00.123456+08'::timestamptz as moment,
      array['2026-03-02'::date, null] as days,
      array[1, 2]::int8[] as numbers,
      ${sql.json([{ a: [1] }])}::jsonb as json,
      ${['x', 'y "z"', null]}::text[] as words,
      ${{ a: 1 }}::jsonb ->> 'a' as field,
      ${Buffer.from([0, 255])}::bytea as bytes,
      ${undefined}::text as nothing`)

  deepEqual(rows, [
    {
      safe: 9007199254740991,
      wide: '9007199254740993',
      dose: '0.10',
      day: '2026-03-02',
      moment: '2026-03-02T00:00:00.123456+00:00',
      days: ['2026-03-02', null],
      numbers: [1, 2],
      json: [{ a: [1] }],
      words: ['x', 'y "z"', null],
      field: '1',
      bytes: Buffer.from([0, 255]),
      nothing: null,
    },
  ])
})

test('a refused statement names its constraint and state, never a value', async () => {
  await database.query(sql`insert into bed values ('1A', 'Zhang San', 1)`)

  const error = await database
    .query(sql`insert into bed values ('1B', ${'Zhang San'}, 1)`)
    .catch((e: unknown) => e)

  equal(error instanceof OutcomeError && error.failure, 'conflict')
  equal(constraintOf(error), 'one_bed_each')
  equal(sqlStateOf(error), '23505')
  const everything = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause)
  equal(everything.includes('Zhang'), false)
  equal(String(((error as Error).cause as Error).stack).includes('Zhang'), false)
})

test('each kind of failure has its word', async () => {
  equal(await failureOf(database.query(sql`insert into bed values ('2', 'b', 0)`)), 'invalid database.check')
  equal(await failureOf(database.query(sql`select ${'many'}::int`)), 'invalid database.value')
  equal(await failureOf(database.query(sql`select ${'a\0b'}::text`)), 'invalid database.value')
  equal(await failureOf(database.query(sql`selekt 1`)), 'fault database.statement')
  equal(
    await failureOf(
      database.transaction(async (transaction) => {
        await transaction.query(sql`set local statement_timeout = 20`)
        await transaction.query(sql`select pg_sleep(5)`)
      }),
    ),
    'busy database.too-slow',
  )
})

test('a transaction commits wholly or not at all, and acts only after it has', async () => {
  const acts: string[] = []

  await rejects(
    database.transaction(async (transaction) => {
      transaction.afterCommit(() => acts.push('refused'))
      await transaction.query(sql`insert into bed values ('3A', null, 1)`)
      throw new Error('the ward is closed')
    }),
    /the ward is closed/,
  )
  const name = await database.transaction(async (transaction) => {
    transaction.afterCommit(() => acts.push('admitted'))
    const [row] = await transaction.query(
      sql<{ name: string }>`insert into bed values ('3B', null, 1) returning name`,
    )
    return row?.name
  })

  equal(name, '3B')
  deepEqual(acts, ['admitted'])
  deepEqual(await database.query(sql`select name from bed where name like '3%'`), [{ name: '3B' }])
})

test('what is inserted with the commit is there after it, in order where the text is the same, and not after a rollback', async () => {
  const admit = (name: string, places: number) => sql`insert into bed values (${name}, null, ${places})`
  const note = (name: string) => sql`insert into bed (name) values (${name})`

  await database.transaction(async (transaction) => {
    transaction.insertLast(admit('8A', 1))
    transaction.insertLast(note('8B'))
    transaction.insertLast(admit('8C', 1))
    deepEqual(await transaction.query(sql`select name from bed where name like '8%'`), [])
  })
  const refused = database.transaction(async (transaction) => {
    transaction.insertLast(note('8D'))
    throw new Error('the ward is closed')
  })

  await rejects(refused, /the ward is closed/)
  deepEqual(await database.query(sql`select name from bed where name like '8%' order by places, ctid`), [
    { name: '8A' },
    { name: '8C' },
    { name: '8B' },
  ])
})

test('an insert with the commit that fails leaves nothing of its transaction, and is what is thrown', async () => {
  const acts: string[] = []
  const work = database.transaction(async (transaction) => {
    transaction.afterCommit(() => acts.push('admitted'))
    await transaction.query(sql`insert into bed values ('7A', null, 1)`)
    transaction.insertLast(sql`insert into bed values (${'7B'}, null, ${0})`)
  })

  equal(await failureOf(work), 'invalid database.check')
  deepEqual(acts, [])
  deepEqual(await database.query(sql`select name from bed where name like '7%'`), [])
})

test('what is sent or inserted soon is seen by the next statement, and goes with the commit where none comes', async () => {
  const admit = (name: string) => sql`insert into bed values (${name}, null, ${1})`

  await database.transaction(async (transaction) => {
    transaction.insertSoon(admit('10A'))
    transaction.insertSoon(sql`insert into bed (name) values (${'10B'})`)
    transaction.send(sql`update bed set places = ${2} where name = '10A'`)
    deepEqual(
      await transaction.query(sql`select name, places from bed where name like '10%' order by name`),
      [
        { name: '10A', places: 2 },
        { name: '10B', places: null },
      ],
    )
    transaction.insertSoon(admit('10C'))
  })

  deepEqual(await database.query(sql`select name from bed where name = '10C'`), [{ name: '10C' }])
})

test('where what was sent fails, the next statement or the commit says why, and nothing is left', async () => {
  const beside = database.transaction(async (transaction) => {
    await transaction.query(sql`insert into bed values ('11A', null, 1)`)
    transaction.insertSoon(sql`insert into bed values (${'11B'}, null, ${0})`)
    await transaction.query(sql`select name from bed`)
  })
  const atTheEnd = database.transaction(async (transaction) => {
    await transaction.query(sql`insert into bed values ('11C', null, 1)`)
    transaction.send(sql`insert into bed values ('11C', null, 1)`)
  })

  equal(await failureOf(beside), 'invalid database.check')
  equal(await failureOf(atTheEnd), 'conflict database.unique')
  deepEqual(await database.query(sql`select name from bed where name like '11%'`), [])
})

test('a transaction whose failed statement was swallowed is not taken for committed', async () => {
  const work = database.transaction(async (transaction) => {
    await transaction.query(sql`insert into bed values ('4A', null, 1)`)
    await transaction.query(sql`insert into bed values ('4A', null, 1)`).catch(() => undefined)
  })

  equal(await failureOf(work), 'fault database.rolled-back')
  deepEqual(await database.query(sql`select name from bed where name = '4A'`), [])
})

test('a statement after its transaction is refused', async () => {
  const late = await database.transaction(async (transaction) => () => transaction.query(sql`select 1`))

  equal(await failureOf(late()), 'fault database.ended')
})

test('an insert with the commit that comes after it is refused, not lost', async () => {
  const late = await database.transaction(
    async (transaction) => async () => transaction.insertLast(sql`insert into bed (name) values (${'9A'})`),
  )

  equal(await failureOf(late()), 'fault database.ended')
})

test('two transactions that block each other both succeed', async () => {
  await database.query(sql`insert into bed values ('5A', null, 1), ('5B', null, 1)`)
  const met = new EventTarget()
  const both = once(met, 'both')
  let waiting = 0
  const swap = (first: string, second: string) =>
    database.transaction(async (transaction) => {
      await transaction.query(sql`update bed set places = places + 1 where name = ${first}`)
      waiting += 1
      if (waiting === 2) met.dispatchEvent(new Event('both'))
      await both
      await transaction.query(sql`update bed set places = places + 1 where name = ${second}`)
    })

  await Promise.all([swap('5A', '5B'), swap('5B', '5A')])

  deepEqual(await database.query(sql`select name, places from bed where name like '5%' order by name`), [
    { name: '5A', places: 3 },
    { name: '5B', places: 3 },
  ])
})

test('statements of one transaction may overlap and keep their order', async () => {
  const answers = await database.transaction((transaction) =>
    Promise.all([1, 2, 3].map((n) => transaction.query(sql<{ n: number }>`select ${n}::int as n`))),
  )

  deepEqual(answers, [[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]])
})

test('a broken connection is replaced: reads are asked again, open transactions run again', async () => {
  const endOthers = sql`
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`
  let runs = 0

  const places = await database.transaction(async (transaction) => {
    runs += 1
    await transaction.query(sql`update bed set places = 9 where name = '1A'`)
    if (runs === 1) await database.query(endOthers)
    const [row] = await transaction.query(sql<{ places: number }>`select places from bed where name = '1A'`)
    return row?.places
  })

  equal(places, 9)
  equal(runs, 2)
  deepEqual(await database.query(sql`select places from bed where name = '1A'`), [{ places: 9 }])
})

test('a plan that a migration has outdated is made anew', async () => {
  const all = () => sql`select * from ward`
  await database.query({ text: 'create table ward (id int)', values: [] })
  await Promise.all(Array.from({ length: 20 }, () => database.query(all())))

  await database.query({ text: 'alter table ward add column name text', values: [] })

  deepEqual(await Promise.all(Array.from({ length: 20 }, () => database.query(all()))), Array(20).fill([]))
  deepEqual(await database.transaction((transaction) => transaction.query(all())), [])
})

test('a listener hears each notice, and is called once with nothing after its connection was lost', async () => {
  const heard: string[] = []
  const wake = new EventTarget()
  const hear = (payload: string) => {
    heard.push(payload)
    wake.dispatchEvent(new Event('heard'))
  }
  const stop = await database.listen('ward', hear)
  const first = once(wake, 'heard')
  await database.query(sql`select pg_notify('ward', 'one')`)
  await first

  const again = once(wake, 'heard')
  await database.query(sql`
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where datname = current_database() and query like 'listen%'`)
  await again
  const last = once(wake, 'heard')
  await database.query(sql`select pg_notify('ward', 'two')`)
  await last
  await stop()
  await database.query(sql`select pg_notify('ward', 'three')`)

  deepEqual(heard, ['one', '', 'two'])
})
