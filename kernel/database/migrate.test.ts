/** Migrations: once each, in order, under a lock, refused when history was changed. */
import { deepEqual, rejects } from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { testDatabase, testRuntime } from '@xinglin/testkit'
import { migrate, openDatabase, sql } from './database.ts'

/** A schema `ward` whose migrations are the given files. */
async function wardWith(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  after(() => rm(folder, { recursive: true, force: true }))
  const write = (file: string, text: string) => writeFile(join(folder, file), text)
  for (const [file, text] of Object.entries(files)) await write(file, text)
  return { migrations: [{ name: 'ward', folder: pathToFileURL(folder) }], write }
}

const first = { '0001-beds.sql': 'create schema ward; create table ward.bed (name text);' }

test('processes that start at once apply each file exactly once', async () => {
  const database = await testDatabase({ migrations: [] })
  const { log } = testRuntime()
  const others = await Promise.all(
    Array.from({ length: 3 }, () => openDatabase({ url: database.url, log, poolSize: 2 })),
  )
  const { migrations } = await wardWith({ ...first, '0002-one.sql': "insert into ward.bed values ('1A');" })

  await Promise.all([database, ...others].map((each) => migrate(each, migrations)))
  await Promise.all(others.map((each) => each.close()))

  deepEqual(await database.query(sql`select name from ward.bed`), [{ name: '1A' }])
  deepEqual(await database.query(sql`select schema, number, file from database.migration order by number`), [
    { schema: 'ward', number: 1, file: '0001-beds.sql' },
    { schema: 'ward', number: 2, file: '0002-one.sql' },
  ])
})

test('a later file is added to what is there; a failing one leaves the database as before it', async () => {
  const database = await testDatabase({ migrations: [] })
  const { migrations, write } = await wardWith(first)
  await migrate(database, migrations)

  await write('0002-two.sql', "insert into ward.bed values ('2A'); select broken;")
  await rejects(
    migrate(database, migrations),
    /migration ward\/0002-two.sql failed: column "broken" does not exist/,
  )
  deepEqual(await database.query(sql`select name from ward.bed`), [])

  await write('0002-two.sql', "insert into ward.bed values ('2A');")
  await migrate(database, migrations)
  deepEqual(await database.query(sql`select name from ward.bed`), [{ name: '2A' }])
})

test('a changed file, a gap in the numbers and a newer database are refused by name', async () => {
  const database = await testDatabase({ migrations: [] })
  const { migrations, write } = await wardWith({ ...first, '0002-two.sql': 'select 1;' })
  await migrate(database, migrations)

  await write('0001-beds.sql', 'create schema ward;')
  await rejects(migrate(database, migrations), /migration ward\/0001-beds.sql differs/)
  const gap = await wardWith({ ...first, '0003-three.sql': 'select 1;' })
  await rejects(migrate(database, gap.migrations), /ward\/0003-three.sql: expected 0002-words.sql/)
  const older = await wardWith(first)
  await rejects(
    migrate(database, older.migrations),
    /has migration ward\/0002-two.sql, which this program does not know/,
  )
})
