/**
 * The live end of the log, read once a process whoever listens. It is woken by this process's own commits at once, by a
 * NOTIFY for those of other processes, and by a slow poll for a process that died between its commit and its NOTIFY.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@xinglin/database'
import type { Runtime } from '@xinglin/runtime'
import type { LogEntry, Position } from './events.ts'
import { newestPosition, readStretch, type Stretch } from './read-entries.ts'
import { restFrom } from './rest.ts'
import { createWaker } from './waker.ts'

/** Entries in one reading; more come in the next one at once. */
const entriesPerReading = 1_000
/** What is committed within this time after a reading shares the next: 200 readings a second slowed a busy door by a tenth. */
const restAfterReadingMs = 40
/** Entries of a transaction that an older open one holds back are asked for again after this, doubling … */
const firstHeldBackMs = 5
/** … up to this: a command's transaction is short, a migration's is not. */
const longestHeldBackMs = 100
/** Covers a process killed between commit and NOTIFY. */
const slowPollMs = 1_000

type Seen = (entries: readonly LogEntry[]) => void

export interface Tail {
  start(): Promise<void>
  stop(): Promise<void>
  /** Something was committed. */
  wake(): void
  follow(seen: Seen): () => void
}

/** The tail of one process; it reads nothing until it is started. */
export function createTail({ database, runtime }: { database: Database; runtime: Runtime }): Tail {
  const followers = new Set<Seen>()
  const waker = createWaker()
  let running: Running | undefined

  const tell = (entries: readonly LogEntry[]) => {
    for (const seen of followers) {
      try {
        seen(entries)
      } catch (error) {
        runtime.log.error('a follower of the log failed', { reason: nameOf(error) })
      }
    }
  }

  const run = async (from: Position, stopping: AbortSignal) => {
    let position = from
    let heldBackMs = firstHeldBackMs
    while (!stopping.aborted) {
      waker.reset()
      const stretch = await readFrom(database, runtime, position)
      if (stretch.entries.length > 0) tell(stretch.entries)
      const isStillHeld = stretch.isHeldBack && stretch.upTo === position
      heldBackMs = isStillHeld ? Math.min(heldBackMs * 2, longestHeldBackMs) : firstHeldBackMs
      position = stretch.upTo
      if (stretch.hasMore) continue
      const rested = restFrom(restAfterReadingMs)
      await waker.wait(stretch.isHeldBack ? heldBackMs : slowPollMs)
      if (!stopping.aborted) await rested()
    }
  }

  /** Settles when the tail knows where it begins; it then reads on until it is stopped. */
  const begin = (): Running => {
    const stopping = new AbortController()
    const { signal } = stopping
    const begun = newestReadable(database, runtime, signal)
    const done = begun.then((from) => (from === undefined ? undefined : run(from, signal)))
    return { stopping, begun, done }
  }

  return {
    async start() {
      running ??= begin()
      await running.begun
    },
    async stop() {
      const ending = running
      running = undefined
      ending?.stopping.abort()
      waker.wake()
      await ending?.done
    },
    wake: waker.wake,
    follow(seen) {
      followers.add(seen)
      return () => void followers.delete(seen)
    },
  }
}

type Running = {
  readonly stopping: AbortController
  readonly begun: Promise<Position | undefined>
  readonly done: Promise<void>
}

/** Where the tail begins, however long the database is away; undefined where it was stopped before. */
async function newestReadable(
  database: Database,
  runtime: Runtime,
  stopping: AbortSignal,
): Promise<Position | undefined> {
  while (!stopping.aborted) {
    try {
      return await newestPosition(database, false)
    } catch (error) {
      runtime.log.warn('the log cannot be read now', { reason: nameOf(error) })
      await sleep(slowPollMs)
    }
  }
  return undefined
}

async function readFrom(database: Database, runtime: Runtime, after: Position): Promise<Stretch> {
  try {
    return await readStretch(database, { after, limit: entriesPerReading, timeZone: runtime.timeZone })
  } catch (error) {
    runtime.log.warn('the log cannot be read now', { reason: nameOf(error) })
    return { entries: [], upTo: after, hasMore: false, isHeldBack: false }
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
