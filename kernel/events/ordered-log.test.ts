/** The promise of the log (docs/decisions/0003): one order for every reader, nothing skipped, whatever overlaps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, sql } from '@xinglin/database'
import { testDatabase, testRuntime } from '@xinglin/testkit'
import { createEventLog, eventsMigrations, type LogEntry, type Position, type TenantId } from './events.ts'
import { othersEnded } from './testing/others-ended.ts'

const author = { tenant: 1 as TenantId, actor: 'user/asha' }
const start = '' as Position

async function emptyLog() {
  const database = await testDatabase({ migrations: [eventsMigrations], poolSize: 20 })
  const runtime = testRuntime()
  return { database, runtime, log: createEventLog({ database, runtime }) }
}

test('an entry is read back with everything that was stated', async () => {
  const { database, log } = await emptyLog()
  await database.transaction(async (transaction) =>
    log.append(transaction, author, [
      {
        kind: 'record.created',
        resourceType: 'Observation',
        resourceId: 'potassium',
        version: 1,
        patient: 'leo',
        data: { note: '钾' },
      },
      { kind: 'laboratory.result-arrived' },
    ]),
  )

  await othersEnded(database)
  const entries = await log.read({ after: start, limit: 10 })

  const [first, second] = entries
  assert.deepEqual(entries, [
    {
      position: first?.position,
      id: first?.position,
      at: '2026-03-02T08:00:00.000+08:00',
      tenant: 1,
      actor: 'user/asha',
      kind: 'record.created',
      resourceType: 'Observation',
      resourceId: 'potassium',
      version: 1,
      patient: 'leo',
      data: { note: '钾' },
    },
    {
      position: second?.position,
      id: second?.position,
      at: '2026-03-02T08:00:00.000+08:00',
      tenant: 1,
      actor: 'user/asha',
      kind: 'laboratory.result-arrived',
    },
  ])
  assert.equal(await log.head(), second?.position)
})

test('a reader asks for kinds, a prefix of kinds, one institution, or from a position on', async () => {
  const { database, log } = await emptyLog()
  const other = { tenant: 2 as TenantId, actor: 'client/his' }
  await database.transaction(async (transaction) => {
    log.append(transaction, author, [{ kind: 'record.created' }, { kind: 'recordxcreated' }])
    log.append(transaction, other, [{ kind: 'record.updated' }, { kind: 'ward.bed-freed' }])
  })

  const kindsOf = async (wanted: Omit<Parameters<typeof log.read>[0], 'after' | 'limit'>) =>
    (await log.read({ after: start, limit: 10, ...wanted })).map(({ kind }) => kind)
  await othersEnded(database)
  const [, second] = await log.read({ after: start, limit: 10 })

  assert.deepEqual(await kindsOf({ kinds: ['record.*'] }), ['record.created', 'record.updated'])
  assert.deepEqual(await kindsOf({ kinds: ['ward.bed-freed', 'record.created'] }), [
    'record.created',
    'ward.bed-freed',
  ])
  assert.deepEqual(await kindsOf({ tenant: other.tenant }), ['record.updated', 'ward.bed-freed'])
  const rest = await log.read({ after: second?.position ?? start, limit: 1 })
  assert.deepEqual(
    rest.map(({ kind }) => kind),
    ['record.updated'],
  )
  await assert.rejects(log.read({ after: 'yesterday' as Position, limit: 1 }), /log position/)
})

test('an entry committed early waits for an older open transaction, then both are read in order', async () => {
  const { database, log } = await emptyLog()
  const opened = Promise.withResolvers<void>()
  const mayCommit = Promise.withResolvers<void>()
  const older = database.transaction(async (transaction) => {
    log.append(transaction, author, [{ kind: 'older.stated' }])
    await transaction.query(sql`select pg_current_xact_id()`)
    opened.resolve()
    await mayCommit.promise
  })
  await opened.promise
  await database.transaction(async (transaction) =>
    log.append(transaction, author, [{ kind: 'newer.stated' }]),
  )

  const before = await log.read({ after: start, limit: 10 })
  mayCommit.resolve()
  await older
  await othersEnded(database)
  const afterwards = await log.read({ after: start, limit: 10 })

  assert.deepEqual(before, [])
  assert.deepEqual(
    afterwards.map(({ kind }) => kind),
    ['older.stated', 'newer.stated'],
  )
})

test('a follower learns of a held-back entry within moments of the end of what held it', async () => {
  const { database, log } = await emptyLog()
  await log.start()
  const seen: string[] = []
  log.follow((entries) => seen.push(...entries.map(({ kind }) => kind)))
  const latencies: number[] = []

  for (let turn = 1; turn <= 5; turn += 1) {
    const mayEnd = Promise.withResolvers<void>()
    const opened = Promise.withResolvers<void>()
    // Takes a transaction id and appends nothing: no wake-up tells of its end.
    const silent = database.transaction(async (transaction) => {
      await transaction.query(sql`select pg_current_xact_id()`)
      opened.resolve()
      await mayEnd.promise
    })
    await opened.promise
    await database.transaction(async (transaction) =>
      log.append(transaction, author, [{ kind: 'bed.freed' }]),
    )
    await sleep(50)
    assert.equal(seen.length, turn - 1)

    mayEnd.resolve()
    await silent
    const endedMs = performance.now()
    while (seen.length < turn) await sleep(1)
    latencies.push(performance.now() - endedMs)
  }
  await log.stop()

  // Others on the server hold entries back too: the best of the turns tells. The slow poll would need a second.
  assert.ok(Math.min(...latencies) < 250, `${latencies.map(Math.round)} ms`)
})

test('600 overlapping transactions that commit in any order are read by concurrent readers in one order, none skipped', async () => {
  const { database, log } = await emptyLog()
  await log.start()
  const followed: LogEntry[] = []
  log.follow((entries) => followed.push(...entries))
  const write = writeOverlapping(database, log)
  const readers = [readWhile(log, write), readWhile(log, write), readWhile(log, write)]

  const committed = await write
  const histories = await Promise.all(readers)
  while (followed.length < committed.size) await sleep(5)
  await log.stop()

  const truth = await log.read({ after: start, limit: 10_000 })
  assert.equal(truth.length, committed.size)
  assert.deepEqual(new Set(truth.map(({ data }) => data)), committed)
  for (const history of [...histories, followed]) assert.deepEqual(history, truth)
})

/** 12 writers; every transaction stays open a random while after it has its place in the order, and some roll back. */
async function writeOverlapping(
  database: Database,
  log: ReturnType<typeof createEventLog>,
): Promise<Set<unknown>> {
  const committed = new Set<unknown>()
  const writer = async (name: number) => {
    for (let turn = 0; turn < 50; turn += 1) {
      const words = [`${name}-${turn}-a`, `${name}-${turn}-b`]
      const isKept = Math.random() > 0.1
      await database
        .transaction(async (transaction) => {
          log.append(transaction, author, [{ kind: 'test.stated', data: words[0] }])
          await transaction.query(sql`select pg_current_xact_id()`)
          await sleep(Math.random() * 12)
          log.append(transaction, author, [{ kind: 'test.stated', data: words[1] }])
          if (!isKept) throw new Error('rolled back')
        })
        .then(
          () => words.forEach((word) => void committed.add(word)),
          (error: Error) => assert.equal(error.message, 'rolled back'),
        )
    }
  }
  await Promise.all(Array.from({ length: 12 }, (_, name) => writer(name)))
  return committed
}

/** Entries are held back while any older transaction of the shared server is open; none is that long. */
const heldBackLimitMs = 30_000

/** Reads on from where it was until the writers are done and everything that they committed has come. */
async function readWhile(
  log: ReturnType<typeof createEventLog>,
  writing: Promise<ReadonlySet<unknown>>,
): Promise<LogEntry[]> {
  const history: LogEntry[] = []
  let committed: number | undefined
  let endsMs = Number.POSITIVE_INFINITY
  void writing.then(({ size }) => {
    committed = size
    endsMs = performance.now() + heldBackLimitMs
  })
  for (;;) {
    const next = await log.read({ after: history.at(-1)?.position ?? start, limit: 7 })
    history.push(...next)
    const isWhole = committed !== undefined && history.length >= committed
    if (next.length === 0 && (isWhole || performance.now() > endsMs)) return history
    if (next.length === 0) await sleep(1)
  }
}
