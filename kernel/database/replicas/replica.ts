/**
 * One read replica: a hot standby of the primary (PostgreSQL 18 §26.4). It is asked how far it has replayed the primary's
 * log, left out while it does not answer, lags behind or is no standby of this primary, and taken back by itself.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '@xinglin/runtime'
import type pg from 'pg'
import type { Queryable, Sql } from '../database.ts'
import { rowsOf } from '../open-database.ts'
import { sql } from '../sql.ts'
import { isConnectionLoss, isOutdatedPlan, sqlStateOf, statementFailure } from '../statement-failure.ts'
import { shareAsking } from './latest.ts'
import { walPosition } from './wal-position.ts'

export type ReplicaCondition = 'used' | 'behind' | 'unreachable' | 'foreign'
export type ReplicaState = {
  /** `host:port` of its URL. */
  readonly name: string
  readonly condition: ReplicaCondition
  /** Bytes of the primary's log that it had not replayed at the last look; absent where it did not answer. */
  readonly behindBytes?: number
  /** Reads that it answered since the start. */
  readonly reads: number
}

type StandbyRow = { readonly system: string; readonly standby: boolean; readonly position: string | null }

/** What the primary says at a look. */
export type PrimaryLook = { readonly system: string; readonly flushed: bigint }

export interface Replica {
  state(): ReplicaState
  /** Reads under way. */
  running(): number
  /** Whether it has replayed the log up to here within the patience; where not, it is left out until a look finds it there. */
  hasReplayed(position: bigint): Promise<boolean>
  /** Runs reads on it. */
  run<T>(work: (from: Queryable) => Promise<T>): Promise<T>
  /** Compares it with the primary and takes it back or leaves it out. */
  look(primary: PrimaryLook): Promise<void>
  /** Leaves it out after a failure of it, not of the question; true where it was one. */
  noteFailure(error: unknown): boolean
  close(): Promise<void>
}

/** A standby on the same network is 1-2 ms behind; who waits longer is served sooner by the primary. */
const patienceMs = 20
const askAgainMs = 1

/** A replica behind `pool`; `name` stands in logs. */
export function createReplica({ name, pool, log }: { name: string; pool: pg.Pool; log: Logger }): Replica {
  let condition: ReplicaCondition = 'unreachable'
  let behindBytes: number | undefined
  let replayed = 0n
  let reads = 0
  let running = 0
  const turn = (next: ReplicaCondition, cause?: unknown) => {
    if (next === condition) return
    condition = next
    if (next === 'used') log.info('read replica is used', { replica: name })
    else {
      const error = cause instanceof Error ? cause.message : undefined
      log.warn('read replica is left out', { replica: name, reason: next, ...(error ? { error } : {}) })
    }
  }
  const ask = async <Row>(statement: Sql<Row>): Promise<readonly Row[]> => {
    const client = await pool.connect()
    let isUsable = true
    try {
      return await rowsOf<Row>(client, statement)
    } catch (error) {
      isUsable = !isConnectionLoss(error) && !isOutdatedPlan(error)
      throw error
    } finally {
      client.release(!isUsable)
    }
  }
  const from: Queryable = {
    async query(statement) {
      try {
        return await ask(statement)
      } catch (error) {
        throw isOfReplica(error) ? error : statementFailure(error)
      }
    },
  }
  const askReplayed = shareAsking(async () => {
    const [row] = await ask(
      sql<{ position: string | null }>`select pg_last_wal_replay_lsn()::text as position`,
    )
    replayed = walPosition(row?.position ?? null) ?? 0n
    return replayed
  })
  const hasReplayed = async (position: bigint): Promise<boolean> => {
    const endsMs = performance.now() + patienceMs
    while (replayed < position) {
      if ((await askReplayed()) >= position) return true
      if (performance.now() > endsMs) {
        turn('behind')
        return false
      }
      await pause(askAgainMs)
    }
    return true
  }
  const noteFailure = (error: unknown): boolean => {
    if (!isOfReplica(error)) return false
    // A plan that a migration outdated, or a row version that the standby had to remove: the next read will do.
    if (!isOutdatedPlan(error) && !isRecoveryConflict(error)) turn('unreachable', error)
    return true
  }
  return {
    state: () => ({ name, condition, reads, ...(behindBytes === undefined ? {} : { behindBytes }) }),
    running: () => running,
    hasReplayed,
    async run(work) {
      running += 1
      try {
        const answer = await work(from)
        reads += 1
        return answer
      } finally {
        running -= 1
      }
    },
    async look({ system, flushed }) {
      try {
        const [row] = await ask(sql<StandbyRow>`
          select system_identifier::text as system, pg_is_in_recovery() as standby,
            pg_last_wal_replay_lsn()::text as position
          from pg_control_system()`)
        const position = walPosition(row?.position ?? null)
        if (!row?.standby || row.system !== system || position === undefined) return turn('foreign')
        replayed = position
        behindBytes = Number(flushed > position ? flushed - position : 0n)
        if (await hasReplayed(flushed)) turn('used')
      } catch (error) {
        // Whatever keeps it from answering: it is left out, and the next look asks again.
        behindBytes = undefined
        turn('unreachable', error)
      }
    },
    noteFailure,
    close: () => pool.end(),
  }
}

/** True for what is the replica's fault and not the question's: the primary can answer. */
function isOfReplica(error: unknown): boolean {
  if (isConnectionLoss(error) || isOutdatedPlan(error) || isRecoveryConflict(error)) return true
  if (error instanceof Error && error.message.startsWith('timeout exceeded')) return true
  // A standby that was promoted or asked to write, no connections left, shutting down or starting up.
  return /^(25006|53...|57P0.)$/.test(sqlStateOf(error) ?? '')
}

/** A row version that the question still needed had to go (PostgreSQL 18 §26.4.2). */
function isRecoveryConflict(error: unknown): boolean {
  return /^40(001|P01)$/.test(sqlStateOf(error) ?? '')
}
