/**
 * The recipes of docs/interfaces.md work as they are written, through kills of the platform: what was taken goes out once.
 * Addresses and folders are those of this trial; nothing else of a recipe is changed.
 */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startPlatform } from '@xinglin/client'
import { testServerUrl } from '@xinglin/testkit'
import pg from 'pg'
import { recipesOf } from './recipes.ts'
import { sendSlices } from './traffic.ts'

const patienceMs = 60_000
const folder = await mkdtemp(join(tmpdir(), 'xinglin-recipes-'))
after(() => rm(folder, { recursive: true, force: true }))
const exchange = join(folder, 'exchange')
const interfaces = join(folder, 'interfaces')
await mkdir(interfaces)
const secrets = join(folder, 'secrets')
await mkdir(secrets)
const his = await aHospitalDatabase()
const recipes = await recipesOf('docs/interfaces.md')
for (const { name, text } of recipes) await writeFile(join(interfaces, name), his.inPlaceOf(text))
const platform = await startPlatform({
  environment: {
    XINGLIN_LOG_LEVEL: 'error',
    XINGLIN_INTERFACES_DIR: interfaces,
    XINGLIN_FILE_ROOTS: exchange,
    XINGLIN_INTERFACE_SECRETS_DIR: secrets,
  },
})
after(() => platform.stop())

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to be')
    await pause(50)
  }
}

const filesIn = async (place: string) =>
  (await readdir(place, { withFileTypes: true })).filter(
    (each) => each.isFile() && !each.name.startsWith('.'),
  )

/** Kills the platform a few times while something goes on. */
async function whileKilled<Result>(act: () => Promise<Result>): Promise<Result> {
  const going = act()
  for (let killed = 0; killed < 2; killed++) {
    await pause(300 + Math.random() * 700)
    await platform.kill()
    await platform.start()
  }
  return going
}

test('laboratory-files: batches become messages, each in the archive once, through kills', async () => {
  const incoming = join(exchange, 'laboratory', 'incoming')
  const archive = join(exchange, 'laboratory', 'archive')
  for (const place of [incoming, archive]) await mkdir(place, { recursive: true })
  const perFile = 5
  const files = 40
  const message = (number: number) =>
    `MSH|^~\\&|LIS|QLYX|||20260302||ORU^R01|L${number}|P|2.5.1\rPID|1||${number % 7}\rOBX|1|NM|718-7||${number}\r`

  await whileKilled(async () => {
    for (let file = 0; file < files; file++) {
      const inside = Array.from({ length: perFile }, (_, index) => message(file * perFile + index)).join('')
      const name = `${String(file).padStart(4, '0')}.hl7`
      await writeFile(join(incoming, `.${name}`), `FHS|^~\\&\rBHS|^~\\&\r${inside}BTS|${perFile}\rFTS|1\r`)
      await rename(join(incoming, `.${name}`), join(incoming, name))
      await pause(30)
    }
  })
  await until(async () => (await filesIn(archive)).length >= files * perFile)
  await until(async () => (await filesIn(incoming)).length === 0)

  const contents = await Promise.all(
    (await filesIn(archive)).map(({ name }) => readFile(join(archive, name), 'utf8')),
  )
  assert.deepEqual(
    contents.sort(),
    Array.from({ length: files * perFile }, (_, number) => message(number)).sort(),
  )
})

test('ward-moves: each row is on the bed board once, in its order, through kills', async () => {
  const moves = 300
  await whileKilled(async () => {
    for (let move = 1; move <= moves; move++) {
      await his.query('insert into public.ward_move (patient, ward) values ($1, $2)', [move % 9, `W${move}`])
      await pause(5)
    }
  })
  const onBoard = async () =>
    (await his.query('select move::int as move from public.bed_board order by place', [])).map(
      ({ move }) => move,
    )
  await until(async () => (await onBoard()).length >= moves)

  const board = await onBoard()
  assert.deepEqual(
    board.toSorted((one, other) => one - other),
    Array.from({ length: moves }, (_, index) => index + 1),
  )
  for (let patient = 0; patient < 9; patient++) {
    const mine = board.filter((move) => move % 9 === patient)
    assert.deepEqual(
      mine,
      mine.toSorted((one, other) => one - other),
    )
  }
})

test('new-studies: what a scanner stores is told with all of its instances, each state once, through kills', async () => {
  const place = join(exchange, 'imaging', 'studies')
  await mkdir(place, { recursive: true })
  const count = 30
  const { signal } = new AbortController()
  await whileKilled(() => sendSlices(platform, { count, delayMs: 40, signal }))
  const told = async () =>
    Promise.all(
      (await filesIn(place)).map(async ({ name }) => {
        const study: unknown = JSON.parse(await readFile(join(place, name), 'utf8'))
        return study as { id: string; meta: { versionId: string }; numberOfInstances: number }
      }),
    )
  const instances = async () => {
    const most = new Map<string, number>()
    for (const { id, numberOfInstances } of await told())
      most.set(id, Math.max(numberOfInstances, most.get(id) ?? 0))
    return [...most.values()].reduce((sum, each) => sum + each, 0)
  }
  await until(async () => (await instances()) >= count)

  const states = (await told()).map(({ id, meta }) => `${id}/${meta.versionId}`)
  assert.equal(await instances(), count)
  assert.equal(new Set(states).size, states.length)
})

/** The database of another system, with the tables of the recipe. */
async function aHospitalDatabase() {
  const url = new URL(await testServerUrl())
  const database = `his_${process.pid}`
  const server = new pg.Client({ connectionString: url.href })
  await server.connect()
  await server.query(`create database ${database}`)
  const host = url.searchParams.get('host') ?? url.hostname
  const port = Number(url.port || 5432)
  const user = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password) || 'none'
  await writeFile(join(secrets, 'his-password'), `${password}\n`)
  const client = new pg.Client({ host, port, user, password, database })
  await client.connect()
  after(async () => {
    await client.end()
    await server.query(`drop database ${database} with (force)`)
    await server.end()
  })
  await client.query(`
    create table public.ward_move (
      id bigserial primary key, patient integer, ward text, changed_at timestamptz(0) default clock_timestamp());
    create table public.bed_board (place bigserial primary key, move bigint, patient integer, ward text);
    create table public.xinglin_delivery (id varchar(64) primary key)`)
  return {
    query: async (text: string, values: readonly unknown[]) =>
      (await client.query<{ move: number }>(text, [...values])).rows,
    inPlaceOf: (text: string) =>
      text
        .replace("host: '127.0.0.1',\n  port: 5433", `host: '${host}',\n  port: ${port}`)
        .replace("database: 'his'", `database: '${database}'`)
        .replace("user: 'xinglin'", `user: '${user}'`),
  }
}
