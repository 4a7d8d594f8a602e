/**
 * The log, entry by entry in its order, behind the end of a JetStream stream. How far it was published is read from the
 * stream itself at each connection, so every entry is there once, whatever was killed; PostgreSQL stays the truth.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { EventLog, Position } from '@xinglin/events'
import type { Runtime } from '@xinglin/runtime'
import { messageOf } from './message.ts'
import type { FeedSettings } from './settings.ts'
import { openStream, type StreamLine } from './stream.ts'

/** About 150 KB on their way at once. */
const entriesAtOnce = 500
/** Another process may have the turn, or may have written the log without a word to this one. */
const lookAgainMs = 1_000
const firstBackOffMs = 500
const longestBackOffMs = 30_000
/** "natsf" in ASCII: the lock of whoever publishes. */
const publishingLock = 0x6e_6174_7366n

export type FeedParts = {
  readonly database: Database
  readonly events: EventLog
  readonly runtime: Runtime
  readonly settings: FeedSettings
}

export type EventFeed = { stop(): Promise<void> }

/** Publishes until it is stopped, in one process at a time; while NATS is away it waits 0.5 s, doubling to 30 s. */
export function startEventFeed(parts: FeedParts): EventFeed {
  const stopping = new AbortController()
  const work = publishing(parts, stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await work
    },
  }
}

async function publishing(parts: FeedParts, stopping: AbortSignal): Promise<void> {
  const waiting = createWaiting(parts.events, stopping)
  let backOffMs = firstBackOffMs
  while (!stopping.aborted) {
    try {
      await parts.database.transaction(async (turn) => {
        if (await takeTurn(turn))
          await publish(parts, { stopping, waiting, went: () => (backOffMs = firstBackOffMs) })
      })
      await waiting.pause(lookAgainMs)
    } catch (error) {
      parts.runtime.log.warn('the log waits for NATS', { waitMs: backOffMs, error: reasonOf(error) })
      await waiting.pause(backOffMs)
      backOffMs = Math.min(backOffMs * 2, longestBackOffMs)
    }
  }
  waiting.end()
}

/** The lock hangs on a transaction that stays open and writes nothing: it is free the moment this process dies. */
async function takeTurn(turn: Transaction): Promise<boolean> {
  const [taken] = await turn.query(
    sql<{
      isOurs: boolean
    }>`select pg_try_advisory_xact_lock(${publishingLock.toString()}::bigint) as "isOurs"`,
  )
  return taken?.isOurs === true
}

type Work = { readonly stopping: AbortSignal; readonly waiting: Waiting; readonly went: () => void }

/** Publishes over one connection until the platform stops or NATS fails. */
async function publish(parts: FeedParts, { stopping, waiting, went }: Work): Promise<void> {
  const line = await openStream(parts.settings)
  try {
    let after = await lastPublished(parts, line)
    while (!stopping.aborted) {
      waiting.reset()
      const entries = await parts.events.read({ after, limit: entriesAtOnce })
      const last = entries.at(-1)
      if (last) {
        const prefix = parts.settings.stream.toLowerCase()
        await line.append(entries.map((entry) => messageOf(entry, prefix)))
        after = last.position
        await keepPlace(parts, after)
        went()
      }
      if (entries.length < entriesAtOnce) await waiting.untilWoken(lookAgainMs)
    }
  } finally {
    await line.close()
  }
}

/** The id of the last message; what PostgreSQL remembers where the messages were purged; the start for a new stream. */
async function lastPublished({ database, settings }: FeedParts, { end }: StreamLine): Promise<Position> {
  if (end.id) return end.id
  if (end.sequence === 0) return '' as Position
  const [row] = await database.query(
    sql<{ position: Position }>`select position from nats.published where stream = ${settings.stream}`,
  )
  return row?.position ?? ('' as Position)
}

async function keepPlace({ database, settings, runtime }: FeedParts, position: Position): Promise<void> {
  await database.query(sql`
    insert into nats.published (stream, position, at)
    values (${settings.stream}, ${position}, ${runtime.now()}::timestamptz)
    on conflict (stream) do update set position = excluded.position, at = excluded.at`)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : typeof error
}

type Waiting = {
  /** Forgets wakes so far; done before looking, so that a wake during the look is not lost. */
  reset(): void
  /** Ends when something is appended to the log, after so long, or when the platform stops. */
  untilWoken(ms: number): Promise<void>
  pause(ms: number): Promise<void>
  end(): void
}

function createWaiting(events: EventLog, stopping: AbortSignal): Waiting {
  let woken = new AbortController()
  const end = events.follow(() => woken.abort())
  // An aborted sleep is the purpose, not a failure.
  const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined)
  return {
    reset() {
      woken = new AbortController()
    },
    untilWoken: (ms) => pause(ms, AbortSignal.any([stopping, woken.signal])),
    pause: (ms) => pause(ms, stopping),
    end,
  }
}
