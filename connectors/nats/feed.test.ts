/** The log on NATS JetStream: each entry once, in order, whatever is killed; nothing of what it says. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { type Database, sql } from '@xinglin/database'
import { createEventLog, type EventLog, eventsMigrations, type TenantId } from '@xinglin/events'
import { testDatabase, testRuntime } from '@xinglin/testkit'
import { natsMigrations, startEventFeed } from './nats.ts'
import { natsServers, noServer, type Server } from './testing/nats-servers.ts'

const skip = noServer
const stream = 'XINGLIN'
const author = { tenant: 1 as TenantId, actor: 'user/asha' }
const program = fileURLToPath(new URL('./testing/feed-process.ts', import.meta.url))

async function emptyLog() {
  const database = await testDatabase({ migrations: [eventsMigrations, natsMigrations] })
  const runtime = testRuntime()
  const events = createEventLog({ database, runtime })
  await events.start()
  after(() => events.stop())
  return { database, events, runtime }
}

/** States `count` changes of Observation o`first`…, each in a transaction of its own. */
async function state(log: { database: Database; events: EventLog }, first: number, count: number) {
  for (let number = first; number < first + count; number += 1)
    await log.database.transaction(async (transaction) =>
      log.events.append(transaction, author, [
        {
          ...{ kind: 'record.created', resourceType: 'Observation', resourceId: `o${number}`, version: 1 },
          ...{ patient: 'asha', data: { potassium: '5.9' } },
        },
      ]),
    )
}

type Kept = { readonly subject: string; readonly id: string; readonly body: unknown }

/** All messages of the stream from its first. */
async function kept(servers: readonly Server[]): Promise<readonly Kept[]> {
  const connection = await connect({ servers: servers.map(({ url }) => url) })
  try {
    const { streams } = await jetstreamManager(connection)
    const { first_seq: first, last_seq: last } = (await streams.info(stream)).state
    const found: Kept[] = []
    for (let seq = Math.max(first, 1); seq <= last; seq += 1) {
      const message = await streams.getMessage(stream, { seq })
      if (message)
        found.push({ subject: message.subject, id: message.header.get('Nats-Msg-Id'), body: message.json() })
    }
    return found
  } finally {
    await connection.close()
  }
}

/** Settles when the stream has so many messages; a cluster that elects a leader does not answer for a while. */
async function hasCount(servers: readonly Server[], count: number): Promise<void> {
  for (;;) {
    const found = await countIn(servers).catch(() => undefined)
    if (found === count) return
    await sleep(50)
  }
}

async function countIn(servers: readonly Server[]): Promise<number> {
  const connection = await connect({ servers: servers.map(({ url }) => url) })
  try {
    const { streams } = await jetstreamManager(connection)
    return (await streams.info(stream)).state.last_seq
  } finally {
    await connection.close()
  }
}

async function positionsOf({ events }: { events: EventLog }) {
  return (await events.read({ after: '' as never, limit: 10_000 })).map(({ position }) => position)
}

test('an entry is published with its subject; what it says and who did it are not', { skip }, async () => {
  const servers = await natsServers(1)
  const log = await emptyLog()
  await state(log, 0, 1)
  await log.database.transaction(async (transaction) =>
    log.events.append(transaction, author, [{ kind: 'laboratory.result-arrived', data: 'secret' }]),
  )
  const settings = { urls: servers.map(({ url }) => url), stream, replicas: 1 }
  const feed = startEventFeed({ ...log, settings })
  after(() => feed.stop())
  await hasCount(servers, 2)
  const [first, second] = await positionsOf(log)
  assert.deepEqual(await kept(servers), [
    {
      subject: 'xinglin.1.record.created.Observation',
      id: first,
      body: {
        id: first,
        at: '2026-03-02T08:00:00.000+08:00',
        ...{ tenant: 1, kind: 'record.created', resourceType: 'Observation', resourceId: 'o0' },
        ...{ version: 1, patient: 'asha' },
      },
    },
    {
      subject: 'xinglin.1.laboratory.result-arrived.-',
      id: second,
      body: {
        id: second,
        at: '2026-03-02T08:00:00.000+08:00',
        ...{ tenant: 1, kind: 'laboratory.result-arrived' },
      },
    },
  ])
})

test('publishers that are killed again and again leave each entry once, in order', { skip }, async () => {
  const servers = await natsServers(1)
  const log = await emptyLog()
  const urls = servers.map(({ url }) => url)
  for (let kill = 0; kill < 4; kill += 1) {
    const before = await countIn(servers).catch(() => 0)
    const publishers = [0, 1].map(() => spawn(process.execPath, [program, log.database.url, ...urls]))
    const ended = publishers.map((publisher) => once(publisher, 'exit'))
    const writing = state(log, kill * 500, 500)
    while ((await countIn(servers).catch(() => 0)) <= before) await sleep(10)
    for (const publisher of publishers) publisher.kill('SIGKILL')
    await Promise.all([writing, ...ended])
  }
  const feed = startEventFeed({ ...log, settings: { urls, stream, replicas: 1 } })
  after(() => feed.stop())
  await hasCount(servers, 2_000)
  assert.deepEqual(
    (await kept(servers)).map(({ id }) => id),
    await positionsOf(log),
  )
})

test('a stream whose messages were purged goes on behind what was published', { skip }, async () => {
  const servers = await natsServers(1)
  const log = await emptyLog()
  await state(log, 0, 3)
  const settings = { urls: servers.map(({ url }) => url), stream, replicas: 1 }
  const feed = startEventFeed({ ...log, settings })
  await hasCount(servers, 3)
  await feed.stop()
  const connection = await connect({ servers: servers.map(({ url }) => url) })
  await (await jetstreamManager(connection)).streams.purge(stream)
  await connection.close()
  await state(log, 3, 2)
  const again = startEventFeed({ ...log, settings })
  after(() => again.stop())
  await hasCount(servers, 5)
  assert.deepEqual(
    (await kept(servers)).map(({ id }) => id),
    (await positionsOf(log)).slice(3),
  )
})

test('three servers: each is killed in turn while the log goes on, nothing is lost or doubled', {
  skip,
}, async () => {
  const servers = await natsServers(3)
  const log = await emptyLog()
  const settings = { urls: servers.map(({ url }) => url), stream, replicas: 3 }
  const feed = startEventFeed({ ...log, settings })
  after(() => feed.stop())
  await state(log, 0, 200)
  await hasCount(servers, 200)
  for (const [index, server] of servers.entries()) {
    await server.kill()
    await state(log, 200 * (index + 1), 200)
    await hasCount(
      servers.filter((other) => other !== server),
      200 * (index + 2),
    )
    await server.start()
  }
  assert.deepEqual(
    (await kept(servers)).map(({ id }) => id),
    await positionsOf(log),
  )
  const [{ count } = { count: 0 }] = await log.database.query(
    sql<{ count: number }>`select count(*)::int as count from nats.published`,
  )
  assert.equal(count, 1)
})
