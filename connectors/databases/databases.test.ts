/** Tables as sources and destinations, on PostgreSQL and, where it is installed, MariaDB: no row lost, each taken once. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type AnyInterface, jsonFormat } from '@xinglin/interfaces'
import { testTenant as tenant, testKernel } from '@xinglin/testkit'
import pg from 'pg'
import { databaseDestination, databaseSource } from './databases.ts'
import { namedStatement } from './parameters.ts'
import { account, noMariaDb, startMariaDb } from './testing/mariadb.ts'

const kernel = await testKernel()
const { interfaces, runtime } = kernel
const secrets = new Map([['laboratory-password', account.password]])
const options = {
  runtime,
  secretOf: async (name: string) => secrets.get(name) ?? '',
  limits: { connectMs: 2_000, statementMs: 2_000 },
}
interfaces.offerSource(databaseSource(options))
interfaces.offerDestination(databaseDestination(options))
await interfaces.start({ sources: true, destinations: true })

type Server = { readonly at: object; readonly query: (text: string) => Promise<unknown> }

async function startPostgres(): Promise<Server> {
  const url = new URL(kernel.database.url)
  secrets.set('postgres-password', decodeURIComponent(url.password) || 'none')
  const client = new pg.Client({ connectionString: kernel.database.url })
  await client.connect()
  after(() => client.end())
  await client.query('create schema lis')
  await client.query('set search_path to lis')
  return {
    query: async (text) => (await client.query(text)).rows,
    at: {
      ...{ engine: 'postgresql', tls: 'off', password: 'postgres-password' },
      host: url.searchParams.get('host') ?? url.hostname,
      port: Number(url.port || 5432),
      database: url.pathname.slice(1),
      user: decodeURIComponent(url.username),
    },
  }
}
async function startMaria(): Promise<Server> {
  const { port, query } = await startMariaDb()
  const { user, database } = account
  const at = {
    engine: 'mysql',
    tls: 'off',
    host: '127.0.0.1',
    port,
    user,
    database,
    password: 'laboratory-password',
  }
  return { query, at }
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const giveUpAt = performance.now() + 20_000
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to be')
    await pause(20)
  }
}

for (const { name, skip, start } of [
  { name: 'postgresql', skip: false as string | false, start: startPostgres },
  { name: 'mysql', skip: noMariaDb, start: startMaria },
])
  describe(name, { skip }, async () => {
    if (skip) return
    const { at, query } = await start()
    const deploy = (id: string, source: object, to: object, rest: Partial<AnyInterface> = {}) =>
      interfaces.deploy(tenant, {
        ...{ id: `${name}-${id}`, version: '1.0.0', title: { zh: '数据库', en: 'Database' } },
        source: { kind: 'database', everyMs: 20, ...at, ...source },
        format: jsonFormat,
        destinations: [{ id: 'there', to: { kind: 'database', ...at, ...to } }],
        ...rest,
      })
    const idsIn = async (table: string) =>
      ((await query(`select id from ${table} order by place`)) as { id: unknown }[]).map(({ id }) =>
        Number(id),
      )
    const place = name === 'mysql' ? 'place bigint auto_increment primary key' : 'place bigserial primary key'
    const schema = name === 'mysql' ? '' : 'lis.'

    test('rows go in the order of their number; one that is committed late behind a later one is not lost', async () => {
      await query('create table result (id bigint primary key, text varchar(100))')
      await query(`create table copy (${place}, id bigint, text varchar(100))`)
      await query(`insert into result values (9007199254740993, '张三 ''x'''), (9007199254740995, 'b')`)
      await deploy(
        'numbers',
        { table: `${schema}result`, cursor: { id: 'id' }, batch: 1 },
        { statement: `insert into ${schema}copy (id, text) values (:id, :text)` },
        // Numbers beyond 2^53 keep their digits only as text.
        { format: { ...jsonFormat, read: (content) => exact(content) } },
      )
      await until(async () => (await idsIn('copy')).length === 2)
      await query(`insert into result values (9007199254740994, 'late')`)
      await until(async () => (await idsIn('copy')).length === 3)
      await query(`insert into result values (9007199254740997, 'c')`)
      await until(async () => (await idsIn('copy')).length === 4)

      const rows = (await query('select cast(id as char(20)) as id, text from copy order by place')) as {
        id: string
        text: string
      }[]
      deepEqual(
        rows.map(({ id, text }) => `${id.trim()} ${text}`),
        ["9007199254740993 张三 'x'", '9007199254740995 b', '9007199254740994 late', '9007199254740997 c'],
      )
    })

    test('by time, rows of one second are told apart, one that comes late to it is taken, a changed one is taken again', async () => {
      await query('create table visit (id bigint primary key, changed timestamp(0), ward varchar(9))')
      await query(`create table moved (${place}, id bigint, ward varchar(9))`)
      const second = `'2026-03-02 08:00:00'`
      await query(
        `insert into visit values ${[5, 6, 7, 8, 9].map((id) => `(${id}, ${second}, 'A')`).join(', ')}`,
      )
      await deploy(
        'times',
        { table: `${schema}visit`, cursor: { time: 'changed', id: 'id' }, batch: 2 },
        { statement: `insert into ${schema}moved (id, ward) values (:id, :ward)` },
      )
      await until(async () => (await idsIn('moved')).length === 5)
      await query(`insert into visit values (1, ${second}, 'A')`)
      await until(async () => (await idsIn('moved')).length === 6)
      await query(`insert into visit values (10, ${second}, 'A')`)
      await until(async () => (await idsIn('moved')).length === 7)
      await query(`update visit set changed = '2026-03-02 09:00:00', ward = 'B' where id = 5`)
      await until(async () => (await idsIn('moved')).length === 8)

      deepEqual(await idsIn('moved'), [5, 6, 7, 8, 9, 1, 10, 5])
    })

    test('after a restart it goes on where it stood, and nothing is taken twice; `new` begins behind what is there', async () => {
      await query('create table event (id bigint primary key)')
      await query(`create table heard (${place}, id bigint)`)
      await query('insert into event values (1), (2)')
      const open = (id: string, begin: string) =>
        deploy(
          id,
          { table: `${schema}event`, cursor: { id: 'id' }, begin },
          { statement: `insert into ${schema}heard (id) values (:id)` },
        )
      await open('restarted', 'new')
      await until(
        async () =>
          (
            await kernel.database.query({
              text: `select 1 from interfaces.memory where interface = '${name}-restarted'`,
              values: [],
            })
          ).length > 0,
      )
      await query('insert into event values (3)')
      await until(async () => (await idsIn('heard')).length > 0)
      await interfaces.retire(tenant, `${name}-restarted`)
      await query('insert into event values (4)')
      await open('restarted', 'new')
      await until(async () => (await idsIn('heard')).length > 1)

      deepEqual(await idsIn('heard'), [3, 4])
    })

    test('a statement runs once for a delivery, also when it is sent again; what the database refuses is laid aside by code', async () => {
      await query(`create table charge (${place}, id bigint not null, note varchar(5))`)
      await query('create table delivered (id varchar(64) primary key)')
      const destination = databaseDestination(options).open({
        ...{ kind: 'database', ...at, once: `${schema}delivered` },
        statement: `insert into ${schema}charge (id, note) values (:id, :note) -- :comment`,
      })
      const send = (id: string, body: string) =>
        destination.send(
          { id, controlId: id, contentType: 'application/json', tries: 0, content: Buffer.from(body) },
          new AbortController().signal,
        )
      const told = async (id: string, body: string) => {
        const answer = await send(id, body)
        return answer.kind === 'taken' ? 'taken' : `${answer.kind} ${answer.code} ${answer.reason}`
      }

      const answers = [
        await told('D1', `{"id": 1, "note": "a');"}`),
        await told('D1', '{"id": 1, "note": "again"}'),
        await told('D2', '{"id": null, "note": "b"}'),
        await told('D2', '{"id": 2, "note": "b"}'),
        await told('D3', '{"id": 3}'),
        await told('D4', 'no JSON'),
      ]
      await destination.close()

      deepEqual(
        [answers.map((answer) => answer.replace(/\d{5}/, 'n')), await idsIn('charge')],
        [
          [
            ...['taken', 'taken', 'refused databases.refused SQLSTATE n', 'taken'],
            'refused databases.parameter the message has no note',
            'refused databases.body the message is no JSON object',
          ],
          [1, 2],
        ],
      )
    })
  })

/** Rows whose numbers may be larger than a double can say. */
function exact(content: Uint8Array): unknown {
  const text = Buffer.from(content).toString('utf8')
  return JSON.parse(text.replace(/:(\d{16,})/g, ':"$1"'))
}

test('a database that does not answer holds up its own queue alone', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  after(() => silent.close())
  const address = silent.address()
  const port = typeof address === 'object' && address ? address.port : 0
  for (const engine of ['postgresql', 'mysql']) {
    const destination = databaseDestination(options).open({
      ...{
        kind: 'database',
        engine,
        host: '127.0.0.1',
        port,
        database: 'd',
        user: 'u',
        password: 'p',
        tls: 'off',
      },
      statement: 'select 1',
    })
    const sending = destination.send(
      { id: '1', controlId: '1', contentType: '', tries: 0, content: Buffer.from('{}') },
      new AbortController().signal,
    )
    await rejects(sending)
  }
})

test('a colon in a text, a name, a comment or a cast is no parameter', () => {
  const { names, bind } = namedStatement(
    `select ':a', ":b", \`:c\`, :d::text, :患者 -- :e\n /* :f */ where x = :d`,
  )
  const { textOf, values } = bind(
    new Map<string, unknown>([
      ['d', 1],
      ['患者', '张三'],
    ]),
  )
  deepEqual(names, ['d', '患者', 'd'])
  deepEqual(values, [1, '张三', 1])
  equal(
    textOf((index) => `$${index + 1}`),
    `select ':a', ":b", \`:c\`, $1::text, $2 -- :e\n /* :f */ where x = $3`,
  )
})

test('an endpoint without a cursor, with an unknown engine, or a name that is none is refused', async () => {
  const good = {
    ...{ kind: 'database', engine: 'mysql', host: 'h', database: 'd', user: 'u', password: 'p' },
    ...{ table: 's.t', cursor: { id: 'id' } },
  }
  const check = async (settings: object) => databaseSource(options).check({ ...good, ...settings })
  for (const wrong of [
    { engine: 'oracle' },
    { cursor: {} },
    { cursor: { id: 'a"b' } },
    { table: 't; drop' },
    { x: 1 },
  ])
    await rejects(check(wrong), /of an endpoint of kind database must be/)
  equal(await check({}), undefined)
})
