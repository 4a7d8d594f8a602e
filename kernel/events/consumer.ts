/** A durable reader: its effects and its cursor commit together, so each entry has its effect exactly once (law 3). */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Transaction } from '@xinglin/database'
import { OutcomeError } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { awaitTurn, declareConsumer, moveCursor, readCursor, recordFailure, takeTurn } from './cursors.ts'
import type { Consumer, ConsumerOptions, Position } from './events.ts'
import { kindMatcher } from './kinds.ts'
import { newestPosition, readStretch, type Stretch } from './read-entries.ts'
import type { Tail } from './tail.ts'
import { createWaker } from './waker.ts'

const entriesPerBatch = 100
/** While another process runs the consumer: how soon this one looks whether that one died. */
const otherRunsMs = 250
/** Moves the cursor over entries of other kinds, so that a restart does not look at them again. */
const idleRoundMs = 10_000
const firstRestMs = 100
const longestRestMs = 30_000
const caughtUpPollMs = 20

type Needs = { readonly database: Database; readonly runtime: Runtime; readonly tail: Tail }
type Round = 'more' | 'waiting' | 'other-runs'

/** A consumer of this name; it does nothing until started. */
export function createConsumer(needs: Needs, options: ConsumerOptions): Consumer {
  const { database, tail } = needs
  const { name } = options
  const waker = createWaker()
  const isWanted = kindMatcher(options.kinds)
  let stopping: AbortController | undefined
  let done: Promise<void> | undefined
  let isDeclared = false

  const declare = async () => {
    if (isDeclared) return
    await declareConsumer(database, { name, kinds: options.kinds ?? [], from: options.from })
    isDeclared = true
  }

  const run = async (signal: AbortSignal) => {
    const unfollow = tail.follow((entries) => {
      if (entries.some(isWanted)) waker.wake()
    })
    await tail.start()
    while (!signal.aborted) {
      waker.reset()
      const pauseMs = await runRound(needs, options, declare)
      if (pauseMs > 0) await waker.wait(pauseMs)
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

/** Handles one batch; returns how long to wait for the next, 0 where more stands ready. */
async function runRound(
  needs: Needs,
  options: ConsumerOptions,
  declare: () => Promise<void>,
): Promise<number> {
  const { database, runtime } = needs
  try {
    await declare()
    const cursor = await readCursor(database, options.name)
    if (cursor && cursor.restMs > 0) return cursor.restMs
    return pauses[await handleNext(needs, options)]
  } catch (error) {
    const reason = reasonOf(error)
    const failures = (await readCursor(database, options.name).catch(() => undefined))?.failures ?? 0
    const restMs = Math.min(firstRestMs * 2 ** Math.min(failures, 20), longestRestMs)
    runtime.log.error('a consumer failed', { consumer: options.name, reason, failures: failures + 1, restMs })
    await recordFailure(database, options.name, { reason, restMs }).catch(() => undefined)
    return restMs
  }
}

const pauses = {
  more: 0,
  waiting: idleRoundMs,
  'other-runs': otherRunsMs,
} as const satisfies Record<Round, number>

async function handleNext({ database, runtime }: Needs, options: ConsumerOptions): Promise<Round> {
  return database.transaction(async (transaction) => {
    if (!(await takeTurn(transaction, options.name))) return 'other-runs'
    const cursor = await readCursor(transaction, options.name)
    if (!cursor) return 'other-runs'
    const stretch = await readStretch(transaction, {
      after: cursor.position,
      // After a failure one at a time: what stands before the entry that cannot be handled gets its effects.
      limit: cursor.failures > 0 ? 1 : (options.batchSize ?? entriesPerBatch),
      kinds: options.kinds,
      timeZone: runtime.timeZone,
    })
    await handleStretch(transaction, options, stretch, cursor.position)
    // Entries held back by an older open transaction wake this consumer through the tail, which retries for all.
    return stretch.hasMore ? 'more' : 'waiting'
  })
}

async function handleStretch(
  transaction: Transaction,
  options: ConsumerOptions,
  stretch: Stretch,
  from: Position,
): Promise<void> {
  if (stretch.entries.length > 0) await options.handle(stretch.entries, transaction)
  if (stretch.upTo !== from) await moveCursor(transaction, options.name, stretch.upTo)
}

/** Words of our own failures; of others the class alone, since their messages may quote a record. */
function reasonOf(error: unknown): string {
  if (error instanceof OutcomeError) return error.message
  return error instanceof Error ? error.name : typeof error
}
