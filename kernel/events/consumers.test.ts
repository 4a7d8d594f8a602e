/** Durable readers: each entry has its effect exactly once, in order, whatever dies (law 3). */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Database, sql } from '@xinglin/database'
import { conflict } from '@xinglin/fhir'
import { testDatabase, testRuntime } from '@xinglin/testkit'
import {
  type ConsumerOptions,
  createEventLog,
  type EventLog,
  eventsMigrations,
  type LogEntry,
  type Position,
  type TenantId,
} from './events.ts'
import { othersEnded } from './testing/others-ended.ts'

const author = { tenant: 1 as TenantId, actor: 'user/asha' }
const start = '' as Position

async function emptyLog() {
  const database = await testDatabase({ migrations: [eventsMigrations], poolSize: 12 })
  await database.query(
    sql`create table public.effect (number integer, seen integer generated always as identity)`,
  )
  const runtime = testRuntime()
  const log = createEventLog({ database, runtime })
  after(() => log.stop())
  return { database, runtime, log }
}

/** States `count` entries of a kind, numbered from `first`, each in a transaction of its own. */
async function state(
  database: Database,
  log: EventLog,
  numbers: { kind: string; first: number; count: number },
) {
  for (let number = numbers.first; number < numbers.first + numbers.count; number += 1) {
    await database.transaction(async (transaction) =>
      log.append(transaction, author, [{ kind: numbers.kind, data: number }]),
    )
  }
}

/** Writes the number of each entry down. */
const writeDown: ConsumerOptions['handle'] = async (entries, transaction) => {
  await transaction.query(sql`
    insert into public.effect (number)
    select number from unnest(${numbersOf(entries)}::integer[]) with ordinality as of (number, place)
    order by place`)
}

function numbersOf(entries: readonly LogEntry[]): readonly unknown[] {
  return entries.map(({ data }) => data)
}

async function effects(database: Database): Promise<readonly number[]> {
  const rows = await database.query(sql<{ number: number }>`select number from public.effect order by seen`)
  return rows.map(({ number }) => number)
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

test('a consumer from the start handles what was there and what comes, its kinds only, in order', async () => {
  const { database, log } = await emptyLog()
  await state(database, log, { kind: 'lab.arrived', first: 1, count: 3 })
  await state(database, log, { kind: 'ward.freed', first: 100, count: 3 })
  const consumer = log.consumer({
    name: 'reader',
    kinds: ['lab.*'],
    from: 'start',
    batchSize: 2,
    handle: writeDown,
  })

  consumer.start()
  await state(database, log, { kind: 'lab.arrived', first: 4, count: 2 })
  await consumer.caughtUp()

  assert.deepEqual(await effects(database), upTo(5))
  const [known] = await log.consumers()
  assert.deepEqual(known, { name: 'reader', position: known?.position, entriesBehind: 0 })
  await consumer.stop()
})

test('a consumer of some types of resources handles changes of these only, and is behind by these only', async () => {
  const { database, log } = await emptyLog()
  const change = (resourceType: string, data: number) =>
    database.transaction(async (transaction) =>
      log.append(transaction, author, [{ kind: 'record.created', resourceType, resourceId: 'a', data }]),
    )
  await change('Patient', 1)
  await change('Observation', 2)
  await change('Patient', 3)
  await state(database, log, { kind: 'ward.freed', first: 4, count: 1 })
  const consumer = log.consumer({
    name: 'finder',
    kinds: ['record.*'],
    resourceTypes: ['Patient'],
    from: 'start',
    handle: writeDown,
  })
  consumer.start()
  await consumer.caughtUp()
  await consumer.stop()
  await change('Observation', 5)
  await change('Patient', 6)

  assert.deepEqual(await effects(database), [1, 3])
  const [known] = await log.consumers()
  assert.deepEqual(known?.entriesBehind, 1)
  const read = await log.read({ after: start, limit: 10, resourceTypes: ['Observation'] })
  assert.deepEqual(numbersOf(read), [2, 5])
})

test('a consumer from now leaves out what was there', async () => {
  const { database, log } = await emptyLog()
  await state(database, log, { kind: 'lab.arrived', first: 1, count: 3 })
  const consumer = log.consumer({ name: 'reader', from: 'now', handle: writeDown })
  consumer.start()
  await consumer.caughtUp()

  await state(database, log, { kind: 'lab.arrived', first: 4, count: 2 })
  await consumer.caughtUp()

  assert.deepEqual(await effects(database), [4, 5])
  await consumer.stop()
})

test('a consumer hears of a commit within moments, in this process and in another', async () => {
  const { database, log } = await emptyLog()
  const other = createEventLog({ database, runtime: testRuntime() })
  await other.start()
  after(() => other.stop())
  const heard: string[] = []
  log.consumer({ name: 'here', from: 'now', handle: async () => void heard.push('here') }).start()
  other.consumer({ name: 'there', from: 'now', handle: async () => void heard.push('there') }).start()
  await sleep(300)
  const latencies: number[] = []

  for (let turn = 1; turn <= 5; turn += 1) {
    const statedMs = performance.now()
    await state(database, log, { kind: 'lab.arrived', first: turn, count: 1 })
    while (heard.length < turn * 2) await sleep(1)
    latencies.push(performance.now() - statedMs)
    await sleep(250)
  }

  latencies.sort((a, b) => a - b)
  // The slow poll would need a second.
  assert.ok((latencies[1] ?? Infinity) < 300, `${latencies.map(Math.round)} ms`)
})

test('replay from any position repeats the entries after it', async () => {
  const { database, log } = await emptyLog()
  await state(database, log, { kind: 'lab.arrived', first: 1, count: 6 })
  await othersEnded(database)
  const entries = await log.read({ after: start, limit: 10 })
  const consumer = log.consumer({ name: 'reader', from: 'start', handle: writeDown })
  consumer.start()
  await consumer.caughtUp()

  for (const position of [start, ...entries.map((entry) => entry.position)]) {
    await database.query(sql`truncate public.effect`)
    await consumer.seek(position)
    await consumer.caughtUp()
    assert.deepEqual(await effects(database), numbersOf(entries.filter((entry) => entry.position > position)))
  }
  await consumer.stop()
})

test('a failing entry holds its consumer, is retried with growing rests, and nothing before or after is lost', async () => {
  const { database, log, runtime } = await emptyLog()
  let isFixed = false
  const consumer = log.consumer({
    name: 'reader',
    from: 'start',
    handle: async (entries, transaction) => {
      await writeDown(entries, transaction)
      if (!isFixed && numbersOf(entries).includes(3))
        throw conflict('bed 3 is occupied', { code: 'ward.bed-occupied' })
    },
  })
  await state(database, log, { kind: 'ward.asked', first: 1, count: 5 })

  consumer.start()
  while (runtime.lines.filter(({ message }) => message === 'a consumer failed').length < 4) await sleep(5)
  const held = await log.consumers()
  const before = await effects(database)
  isFixed = true
  await consumer.caughtUp()

  assert.deepEqual(before, [1, 2])
  assert.deepEqual(
    held.map(({ failure, entriesBehind }) => ({ failure, entriesBehind })),
    [{ failure: 'bed 3 is occupied', entriesBehind: 3 }],
  )
  assert.deepEqual(await effects(database), upTo(5))
  assert.equal((await log.consumers())[0]?.failure, undefined)
  const rests = runtime.lines
    .filter(({ message }) => message === 'a consumer failed')
    .map(({ fields }) => fields.restMs)
  // The batch of five, then one at a time: the third alone again and again.
  assert.deepEqual(rests.slice(0, 4), [100, 100, 200, 400])
  await consumer.stop()
})

test('what a failing handler says of a patient reaches neither log nor table', async () => {
  const { database, log, runtime } = await emptyLog()
  const consumer = log.consumer({
    name: 'reader',
    from: 'start',
    handle: async () => void JSON.parse('{"name": Zhang San'),
  })
  await state(database, log, { kind: 'lab.arrived', first: 1, count: 1 })

  consumer.start()
  while ((await log.consumers())[0]?.failure === undefined) await sleep(5)
  await consumer.stop()

  assert.equal((await log.consumers())[0]?.failure, 'SyntaxError')
  assert.ok(!JSON.stringify(runtime.lines).includes('Zhang'))
})

test('of several processes one at a time runs a consumer, and another takes over', async () => {
  const { database, log } = await emptyLog()
  const other = createEventLog({ database, runtime: testRuntime() })
  await other.start()
  after(() => other.stop())
  let running = 0
  let most = 0
  const handle: ConsumerOptions['handle'] = async (entries, transaction) => {
    running += 1
    most = Math.max(most, running)
    await writeDown(entries, transaction)
    await sleep(3)
    running -= 1
  }
  const consumers = [log, other].map((each) =>
    each.consumer({ name: 'reader', from: 'start', batchSize: 5, handle }),
  )
  for (const consumer of consumers) consumer.start()

  await state(database, log, { kind: 'lab.arrived', first: 1, count: 100 })
  await consumers[0]?.stop()
  await state(database, log, { kind: 'lab.arrived', first: 101, count: 50 })
  await consumers[1]?.caughtUp()

  assert.deepEqual(await effects(database), upTo(150))
  assert.equal(most, 1)
  await consumers[1]?.stop()
})

test('kill -9 in the middle of batches, ten times: every entry has its effect exactly once, in order', async () => {
  const { database, log } = await emptyLog()
  const entries = 600
  const writing = state(database, log, { kind: 'lab.arrived', first: 1, count: entries })

  for (let kills = 0; kills < 10; kills += 1) {
    const child = startConsumer(database.url)
    await child.firstBatch
    await sleep(Math.random() * 40)
    child.process.kill('SIGKILL')
    await child.ended
  }
  await writing
  const before = await effects(database)
  const consumer = log.consumer({ name: 'crash', from: 'start', handle: writeDown })
  consumer.start()
  await consumer.caughtUp()

  assert.ok(before.length > 0)
  assert.deepEqual(await effects(database), upTo(entries))
  await consumer.stop()
})

/** A process that runs the consumer `crash`, slowly; it says a line when it is in its first batch. */
function startConsumer(url: string) {
  const script = fileURLToPath(new URL('./consumer-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  return {
    process: child,
    firstBatch: new Promise<void>((resolve) => child.stdout.once('data', () => resolve())),
    ended: new Promise<void>((resolve) => child.once('exit', () => resolve())),
  }
}
