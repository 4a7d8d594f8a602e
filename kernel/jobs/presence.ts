/**
 * Who is alive: the library keeps the locks of a killed process for four hours. The workers of a process hold one advisory
 * lock of PostgreSQL on the library's own listening connection, which ends with the process; jobs whose workers hold none
 * on two looks are given to others.
 */
import { EventEmitter } from 'node:events'
import { type Database, sql } from '@xinglin/database'
import type { Logger } from '@xinglin/runtime'
import type { WorkerEvents } from 'graphile-worker'

/** Half of the time after which a killed process' jobs go on; longer than a lost connection takes to come back. */
export const lookIntervalMs = 5_000
/** First key of the locks: `XLJB`, unlike that of any other advisory lock of the platform. */
const lockSpace = 0x584c4a42
/** The library sends its own LISTEN first. */
const settleMs = 200

/** Events for the library, by which its pool of workers takes its lock; again after each reconnect. */
export function presenceEvents(log: Logger): WorkerEvents {
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:listen:success', ({ workerPool, client }) => {
    const hold = async () => {
      try {
        await client.query('select pg_advisory_lock_shared($1::integer, hashtext($2))', [
          lockSpace,
          workerPool.id,
        ])
      } catch (error) {
        log.warn('job workers could not say that they live', { error: nameOf(error) })
      }
    }
    setTimeout(() => void hold(), settleMs).unref()
  })
  return events
}

/** Gives back what dead workers hold, every few seconds until stopped. */
export function freeJobsOfTheDead(database: Database, log: Logger): { stop(): Promise<void> } {
  let suspects: ReadonlySet<string> = new Set()
  let looking: Promise<void> = Promise.resolve()
  const look = async () => {
    const absent = await absentWorkers(database)
    const dead = absent.filter((workers) => suspects.has(workers))
    suspects = new Set(absent)
    if (dead.length === 0) return
    await database.query(sql`select graphile_worker.force_unlock_workers(${dead}::text[])`)
    log.warn('jobs of a process that is gone go on here or elsewhere', { processes: dead.length })
  }
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => {
      log.warn('jobs of dead processes cannot be looked for now', {
        error: nameOf(error),
      })
    })
  }, lookIntervalMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}

/** Names of the workers of processes that hold jobs or queues, but not the lock of the living. */
async function absentWorkers(database: Database): Promise<readonly string[]> {
  const rows = await database.query(sql<{ worker: string }>`
    with holding as (
      select locked_by as worker from graphile_worker._private_jobs where locked_by is not null
      union
      select locked_by from graphile_worker._private_job_queues where locked_by is not null
    )
    select worker
    from holding
    where not exists (
      select from pg_locks
      where locktype = 'advisory' and objsubid = 2 and granted
        and database = (select oid from pg_database where datname = current_database())
        and classid = ${lockSpace}::bigint::oid
        and objid = (hashtext(worker)::bigint & 4294967295)::oid)`)
  return rows.map(({ worker }) => worker)
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
