/** Read replicas on a real streaming standby: what is read is what was committed, whoever committed it. */
import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { systemRuntime } from '@xinglin/runtime'
import { type Database, openDatabase, type ReplicaCondition, sql } from '../database.ts'
import { type StreamingPair, startPair } from './testing/streaming-pair.ts'
import { walPosition } from './wal-position.ts'

const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'silent' })
let pair: StreamingPair
let writer: Database
let reader: Database

before(async () => {
  pair = await startPair(await mkdtemp(join(tmpdir(), 'xinglin-replicas-')))
  // Two processes of one platform: what one writes the other reads.
  writer = await openDatabase({ url: pair.primaryUrl, log, poolSize: 4 })
  reader = await openDatabase({ url: pair.primaryUrl, readUrls: [pair.standbyUrl], log, poolSize: 4 })
  await writer.query(sql`create table note (number integer)`)
})
after(async () => {
  await Promise.all([writer?.close(), reader?.close()])
  await pair?.stop()
})

type Place = { readonly standby: boolean; readonly notes: number }

/** Where a reading ran, and how many notes it saw. */
async function seen(): Promise<Place> {
  const [row] = await reader.reading((from) =>
    from.query(sql<Place>`select pg_is_in_recovery() as standby, (select count(*) from note)::int as notes`),
  )
  assert.ok(row)
  return row
}

const condition = () => reader.replicas()[0]?.condition

async function until(wanted: ReplicaCondition): Promise<void> {
  for (let tries = 0; condition() !== wanted && tries < 400; tries += 1) await pause(50)
  assert.equal(condition(), wanted)
}

const write = () => writer.query(sql`insert into note values (1)`)

test('a reading sees what another process has just committed, mostly on the standby', async () => {
  await until('used')
  let onStandby = 0
  for (let notes = 1; notes <= 200; notes += 1) {
    await write()
    const place = await seen()
    assert.equal(place.notes, notes)
    if (place.standby) onStandby += 1
  }
  assert.ok(onStandby > 0, 'no reading ran on the standby')
  assert.equal(reader.replicas()[0]?.reads, onStandby)
})

test('readings at once share the question and each sees what was committed before it', async () => {
  await until('used')
  let committed = (await seen()).notes
  const writing = (async () => {
    for (let each = 0; each < 100; each += 1) {
      await write()
      committed += 1
    }
  })()
  const reading = Array.from({ length: 8 }, async () => {
    for (let each = 0; each < 50; each += 1) {
      const before = committed
      assert.ok((await seen()).notes >= before)
    }
  })
  await Promise.all([writing, ...reading])
})

test('while replay is paused the primary answers, and the standby is taken back when it caught up', async () => {
  await until('used')
  await pair.administer('select pg_wal_replay_pause()')
  const { notes } = await seen()
  await write()
  assert.deepEqual(await seen(), { standby: false, notes: notes + 1 })
  await until('behind')
  assert.ok((reader.replicas()[0]?.behindBytes ?? 0) >= 0)
  assert.deepEqual(await seen(), { standby: false, notes: notes + 1 })
  await pair.administer('select pg_wal_replay_resume()')
  await until('used')
  assert.deepEqual(await seen(), { standby: true, notes: notes + 1 })
})

test('a standby that dies is left out without a failed reading, and is taken back', async () => {
  await until('used')
  const { notes } = await seen()
  const stopping = pair.stopStandby()
  for (let each = 0; each < 50; each += 1) assert.equal((await seen()).notes, notes)
  await stopping
  assert.deepEqual(await seen(), { standby: false, notes })
  await until('unreachable')
  await pair.startStandby()
  await until('used')
  assert.deepEqual(await seen(), { standby: true, notes })
})

test('a question that fails is not asked twice, a work that was cut off is', async () => {
  await until('used')
  let asked = 0
  await assert.rejects(
    reader.reading((from) => {
      asked += 1
      return from.query(sql`select 1 / 0`)
    }),
    /does not fit its type/,
  )
  assert.equal(asked, 1)
  const rows = await reader.reading(async (from) => {
    const [row] = await from.query(sql<{ standby: boolean }>`select pg_is_in_recovery() as standby`)
    if (row?.standby) await from.query(sql`select pg_terminate_backend(pg_backend_pid())`)
    return from.query(sql<{ standby: boolean }>`select pg_is_in_recovery() as standby`)
  })
  assert.deepEqual(rows, [{ standby: false }])
})

test('what is no standby of this primary is never read from', async () => {
  const lonely = await openDatabase({ url: pair.primaryUrl, readUrls: [pair.primaryUrl], log, poolSize: 2 })
  assert.equal(lonely.replicas()[0]?.condition, 'foreign')
  await lonely.close()
  const dead = new URL(pair.standbyUrl)
  dead.searchParams.delete('host')
  dead.port = '1'
  const without = await openDatabase({ url: pair.primaryUrl, readUrls: [dead.href], log, poolSize: 2 })
  assert.deepEqual(without.replicas(), [{ name: '127.0.0.1:1', condition: 'unreachable', reads: 0 }])
  assert.deepEqual(await without.reading((from) => from.query(sql`select 1 as one`)), [{ one: 1 }])
  await without.close()
})

test('positions in the log are compared as numbers', () => {
  assert.deepEqual(['0/9', '0/A', '1/0', 'A/FFFFFFFF', '', 'x', null].map(walPosition), [
    9n,
    10n,
    0x1_0000_0000n,
    0xa_ffff_ffffn,
    undefined,
    undefined,
    undefined,
  ])
})
