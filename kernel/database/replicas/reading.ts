/**
 * Reads on replicas that see everything that was committed before they were asked, whoever committed it and on whichever
 * process. A bound of each session would not do: a page asks again because the log tells of somebody else's result. So
 * each reading asks the primary how far its log is durable (one answer serves all who ask at once), and is run on a
 * replica that has replayed it. Where none has within 20 ms the primary answers.
 */
import type { Logger } from '@xinglin/runtime'
import pg from 'pg'
import type { Queryable } from '../database.ts'
import { sql } from '../sql.ts'
import { shareAsking } from './latest.ts'
import { createReplica, type PrimaryLook, type Replica, type ReplicaState } from './replica.ts'
import { walPosition } from './wal-position.ts'

/** A replica that caught up is taken back, and one that died is noticed without reads, within this. */
const lookEveryMs = 500
/** How long a start waits for the first look: a platform starts without its replicas. */
const firstLookMs = 2_000
/** A dead host must not hold up a read: the primary answers. */
const connectTimeoutMs = 1_000

export interface Reading {
  /** Runs reads on a replica or the primary; on the primary again, from their start, where the replica fails. */
  run<T>(work: (from: Queryable) => Promise<T>): Promise<T>
  states(): readonly ReplicaState[]
  close(): Promise<void>
}

export type ReadingNeeds = {
  readonly primary: Queryable
  readonly urls: readonly string[]
  readonly log: Logger
  /** Settings of a connection to one of the URLs. */
  readonly poolOf: (url: string) => pg.PoolConfig
}

/** Opens the replicas; those that do not answer are left out until they do. */
export async function openReading({ primary, urls, log, poolOf }: ReadingNeeds): Promise<Reading> {
  const replicas = urls.map((url) => {
    const pool = new pg.Pool({ ...poolOf(url), connectionTimeoutMillis: connectTimeoutMs })
    pool.on('error', () => undefined)
    pool.on('connect', (client) => client.on('error', () => undefined))
    return createReplica({ name: nameOf(url), pool, log })
  })
  const flushed = shareAsking(() => flushedPosition(primary))
  const look = async () => {
    const at = await primaryLook(primary).catch(() => undefined)
    // Without the primary nothing is known of who is behind: reads ask it again and say so.
    if (at) await Promise.all(replicas.map((replica) => replica.look(at)))
  }
  let looking: Promise<void> = look()
  await Promise.race([looking, new Promise((elapsed) => setTimeout(elapsed, firstLookMs).unref())])
  let isUnderWay = false
  const timer = setInterval(() => {
    if (isUnderWay) return
    isUnderWay = true
    looking = look().finally(() => {
      isUnderWay = false
    })
  }, lookEveryMs).unref()
  return {
    run: (work) => runOn({ primary, replicas, flushed }, work),
    states: () => replicas.map((replica) => replica.state()),
    async close() {
      clearInterval(timer)
      await looking.catch(() => undefined)
      await Promise.all(replicas.map((replica) => replica.close()))
    },
  }
}

type Places = {
  readonly primary: Queryable
  readonly replicas: readonly Replica[]
  readonly flushed: () => Promise<bigint>
}

async function runOn<T>(places: Places, work: (from: Queryable) => Promise<T>): Promise<T> {
  const replica = leastBusy(places.replicas)
  if (!replica) return work(places.primary)
  const position = await places.flushed()
  try {
    if (!(await replica.hasReplayed(position))) return await work(places.primary)
    return await replica.run(work)
  } catch (error) {
    if (!replica.noteFailure(error)) throw error
  }
  return work(places.primary)
}

function leastBusy(replicas: readonly Replica[]): Replica | undefined {
  return replicas
    .filter((replica) => replica.state().condition === 'used')
    .reduce<Replica | undefined>(
      (best, replica) => (best && best.running() <= replica.running() ? best : replica),
      undefined,
    )
}

/** What was acknowledged: commits wait until the log is on disk, but for a server that was told not to wait. */
const acknowledged = sql`
  case current_setting('synchronous_commit')
    when 'off' then pg_current_wal_insert_lsn()
    else pg_current_wal_flush_lsn()
  end::text`

async function flushedPosition(primary: Queryable): Promise<bigint> {
  const [row] = await primary.query(sql<{ position: string }>`
    select ${acknowledged} as position`)
  return walPosition(row?.position ?? null) ?? 0n
}

async function primaryLook(primary: Queryable): Promise<PrimaryLook> {
  const [row] = await primary.query(sql<{ position: string; system: string }>`
    select ${acknowledged} as position, system_identifier::text as system
    from pg_control_system()`)
  return { flushed: walPosition(row?.position ?? null) ?? 0n, system: row?.system ?? '' }
}

/** Without user and password. */
function nameOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url)
  return `${hostname || searchParams.get('host') || 'localhost'}:${port || '5432'}`
}
