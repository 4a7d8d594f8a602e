/** A durable reader: its effects and its cursor commit together, so each entry has its effect exactly once (law 3). */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@xinglin/database'
import { OutcomeError } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { awaitTurn, declareConsumer, moveCursor, readCursor, recordFailure, takeTurn } from './cursors.ts'
import type { Consumer, ConsumerOptions, Position } from './events.ts'
import { matcherOf } from './kinds.ts'
import { newestPosition, readStretch } from './read-entries.ts'
import { restFrom } from './rest.ts'
import type { Tail } from './tail.ts'
import { createWaker } from './waker.ts'

/** What a busy door makes between two rounds (2,500 entries a second). */
const entriesPerBatch = 500
/** While another process runs the consumer: how soon this one looks whether that one died. */
const otherRunsMs = 250
/** Moves the cursor over entries of other kinds, so that a restart does not look at them again. */
const idleRoundMs = 10_000
const firstRestMs = 100
const longestRestMs = 30_000
/** 100 ms doubled nine times is beyond the longest rest. */
const mostDoublings = 9
const caughtUpPollMs = 20
/** What is committed within this time after a round shares the next: a round is six statements, and a busy door commits 200 times a second. */
const restAfterRoundMs = 100

type Needs = { readonly database: Database; readonly runtime: Runtime; readonly tail: Tail }

/** A consumer of this name; it does nothing until started. */
export function createConsumer(needs: Needs, options: ConsumerOptions): Consumer {
  const { database, runtime, tail } = needs
  const { name } = options
  const waker = createWaker()
  const isWanted = matcherOf(options)
  let stopping: AbortController | undefined
  let done: Promise<void> | undefined
  const memory: Memory = { carefulUpTo: '' as Position, attemptedUpTo: '' as Position }

  const { kinds = [], resourceTypes, from } = options
  const declare = () => declareConsumer(database, { name, kinds, resourceTypes, from })

  const run = async (signal: AbortSignal) => {
    const unfollow = tail.follow((entries) => {
      if (entries.some(isWanted)) waker.wake()
    })
    await Promise.all([tail.start(), declareAtLast(declare, signal, runtime)])
    while (!signal.aborted) {
      waker.reset()
      const pauseMs = await runRound(needs, options, memory)
      if (pauseMs === 0) continue
      const rested = restFrom(restAfterRoundMs)
      await waker.wait(pauseMs)
      if (!signal.aborted) await rested()
    }
    unfollow()
  }

  return {
    start() {
      if (stopping) return
      stopping = new AbortController()
      done = run(stopping.signal)
    },
    async stop() {
      stopping?.abort()
      waker.wake()
      await done
      stopping = undefined
    },
    async seek(position) {
      await declare()
      await database.transaction(async (transaction) => {
        await awaitTurn(transaction, name)
        await moveCursor(transaction, name, position)
      })
      waker.wake()
    },
    async caughtUp() {
      const target = await newestPosition(database, true)
      for (;;) {
        const cursor = await readCursor(database, name)
        if (cursor && cursor.position >= target) return
        waker.wake()
        await sleep(caughtUpPollMs)
      }
    },
  }
}

/** Makes the consumer known, however long the database is away. */
async function declareAtLast(
  declare: () => Promise<void>,
  signal: AbortSignal,
  { log }: Runtime,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await declare()
    } catch (error) {
      log.warn('a consumer cannot be declared now', { reason: reasonOf(error) })
      await sleep(otherRunsMs)
    }
  }
}

/** What this process remembers between batches. */
type Memory = {
  /** Up to where entries are handled one by one, because a batch with one of them failed. */
  carefulUpTo: Position
  /** The end of the batch in hand. */
  attemptedUpTo: Position
}

/** Handles one batch; returns how long to wait for the next, 0 where more stands ready. */
async function runRound(needs: Needs, options: ConsumerOptions, memory: Memory): Promise<number> {
  try {
    return await handleNext(needs, options, memory)
  } catch (error) {
    memory.carefulUpTo = memory.attemptedUpTo
    return restAfter(needs, options.name, error)
  }
}

async function handleNext(
  { database, runtime }: Needs,
  { name, kinds, resourceTypes, batchSize = entriesPerBatch, handle }: ConsumerOptions,
  memory: Memory,
): Promise<number> {
  return database.transaction(async (transaction) => {
    const [isTaken, cursor] = await Promise.all([takeTurn(transaction, name), readCursor(transaction, name)])
    if (!isTaken || !cursor) return otherRunsMs
    if (cursor.restMs > 0) return cursor.restMs
    const from = cursor.position
    // After a failure one at a time: what stands before the entry that cannot be handled gets its effects.
    const limit = from < memory.carefulUpTo ? 1 : batchSize
    const wanted = { after: from, limit, kinds, resourceTypes, timeZone: runtime.timeZone }
    const stretch = await readStretch(transaction, wanted)
    if (from >= memory.carefulUpTo) memory.attemptedUpTo = stretch.upTo
    if (stretch.entries.length > 0) await handle(stretch.entries, transaction)
    if (stretch.upTo !== from) await moveCursor(transaction, name, stretch.upTo)
    // Entries held back by an older open transaction wake this consumer through the tail, which retries for all.
    return stretch.hasMore ? 0 : idleRoundMs
  })
}

/** Keeps the failure where every process sees it; returns how long to rest. */
async function restAfter({ database, runtime }: Needs, name: string, error: unknown): Promise<number> {
  const reason = reasonOf(error)
  try {
    const failures = (await readCursor(database, name))?.failures ?? 0
    const restMs = Math.min(firstRestMs * 2 ** Math.min(failures, mostDoublings), longestRestMs)
    runtime.log.error('a consumer failed', { consumer: name, reason, failures: failures + 1, restMs })
    await recordFailure(database, name, { reason, restMs })
    return restMs
  } catch (away) {
    runtime.log.error('a consumer failed, and its failure could not be kept', {
      consumer: name,
      reason,
      because: reasonOf(away),
    })
    return otherRunsMs
  }
}

/** Words of our own failures; of others the class alone, since their messages may quote a record. */
function reasonOf(error: unknown): string {
  if (error instanceof OutcomeError) return error.message
  return error instanceof Error ? error.name : typeof error
}
