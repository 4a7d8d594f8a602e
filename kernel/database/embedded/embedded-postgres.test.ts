/** The embedded server under hard conditions: killed while rows are written, left behind by a killed owner, started twice. */
import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { OutcomeError } from '@xinglin/fhir'
import { testRuntime } from '@xinglin/testkit'
import pg from 'pg'
import { type EmbeddedPostgres, openDatabase, sql, startEmbeddedPostgres } from '../database.ts'

const { log, lines } = testRuntime()
const ownerProgram = fileURLToPath(new URL('./testing/owner.ts', import.meta.url))

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-'))
  after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function started(folder: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, log })
  const stopOnce = server.stop
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= stopOnce()
    return stopped
  }
  after(stop)
  return { ...server, stop }
}

/** 0 where no server runs. */
async function postmasterPid(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '')
  return Number(text.split('\n')[0])
}

/** Settles when the condition holds; fails after 30 s. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to hold within 30 s')
    await sleep(20)
  }
}

test('rows acknowledged before PostgreSQL was killed are there after it restarts itself', async () => {
  const folder = await aFolder()
  const server = await started(folder)
  const database = await openDatabase({ url: server.url, log })
  await database.query(sql`create table result (id integer primary key)`)
  const acknowledged = new Set<number>()
  let isWriting = true
  const write = async (start: number) => {
    for (let id = start; isWriting; id += 8) {
      const insert = () => database.query(sql`insert into result values (${id}) on conflict do nothing`)
      // Where the outcome is unknown the sender sends again.
      const isAcknowledged = await insert().then(
        () => true,
        (error: unknown) => {
          equal(error instanceof OutcomeError, true)
          return insert().then(
            () => true,
            () => false,
          )
        },
      )
      if (isAcknowledged) acknowledged.add(id)
    }
  }

  const writers = Array.from({ length: 8 }, (_, start) => write(start))
  try {
    for (let kill = 0; kill < 3; kill += 1) {
      const before = acknowledged.size
      await until(() => acknowledged.size > before + 100)
      const pid = await postmasterPid(folder)
      process.kill(pid, 'SIGKILL')
      await until(async () => ![0, pid].includes(await postmasterPid(folder)))
    }
    const afterKills = acknowledged.size
    await until(() => acknowledged.size > afterKills + 100)
  } finally {
    isWriting = false
    await Promise.all(writers)
  }

  const rows = await database.query(sql<{ id: number }>`select id from result`)
  const present = new Set(rows.map(({ id }) => id))
  deepEqual(
    [...acknowledged].filter((id) => !present.has(id)),
    [],
  )
  equal(
    lines.filter(({ message }) => message === 'postgresql ended by itself and is started again').length,
    3,
  )
  await database.close()
  await server.stop()
})

test('a server left running by a killed owner is adopted with everything that was committed', async () => {
  const folder = await aFolder()
  const owner = spawn(process.execPath, [ownerProgram, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(owner.stdout, 'data')
  await rejects(startEmbeddedPostgres({ folder, log }), new RegExp(`is in use by process ${owner.pid}`))
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  const left = await postmasterPid(folder)

  const server = await started(folder)
  const database = await openDatabase({ url: server.url, log })

  equal(await postmasterPid(folder), left)
  deepEqual(await database.query(sql`select text from note`), [{ text: 'kept' }])
  process.kill(left, 'SIGKILL')
  await until(async () => ![0, left].includes(await postmasterPid(folder)))
  deepEqual(await database.query(sql`select text from note`), [{ text: 'kept' }])
  await database.close()
  await server.stop()
})

test('a stale postmaster.pid with the id of a living stranger does not stop the start', async () => {
  const folder = await aFolder()
  await (await started(folder)).stop()
  const stranger = spawn('sleep', ['60'], { ...(await ownerOf(join(folder, 'data'))), stdio: 'ignore' })
  const file = join(folder, 'data', 'postmaster.pid')
  await writeFile(file, `${stranger.pid}\n${join(folder, 'data')}\n1\n5432\n\n127.0.0.1\n1 1\nready   \n`)

  const server = await started(folder)

  match(server.url, /^postgresql:\/\/xinglin:/)
  await server.stop()
  stranger.kill()
})

test('two folders run side by side; a wrong password and other machines stay out', async () => {
  const [one, two] = await Promise.all([aFolder().then(started), aFolder().then(started)])
  const wrong = new URL(one.url)
  wrong.password = 'guess'

  await rejects(new pg.Client({ connectionString: wrong.href }).connect(), /password authentication failed/)
  const [database] = await Promise.all([one, two].map(({ url }) => openDatabase({ url, log })))
  deepEqual(await database?.query(sql`select setting from pg_settings where name = 'listen_addresses'`), [
    { setting: '127.0.0.1' },
  ])
  deepEqual(await database?.query(sql`select rolsuper from pg_roles where rolname = current_user`), [
    { rolsuper: false },
  ])
  deepEqual(
    await database?.query(
      sql`select name from (values ('张三'), ('李四'), ('阿强')) person (name) order by name`,
    ),
    [{ name: '阿强' }, { name: '李四' }, { name: '张三' }],
  )
})

test('the folder is closed to other users', async () => {
  const folder = await aFolder()
  await started(folder)

  for (const name of ['', 'data', 'socket']) equal((await stat(join(folder, name))).mode & 0o077, 0)
  for (const name of ['password', 'superuser-password'])
    equal((await stat(join(folder, name))).mode & 0o077, 0)
})

async function ownerOf(path: string): Promise<{ uid?: number; gid?: number }> {
  const { uid, gid } = await stat(path)
  return process.getuid?.() === 0 ? { uid, gid } : {}
}
