/** Jobs over graphile-worker: asked for by its SQL function within our transaction, run on its own few connections. */

import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, sql } from '@xinglin/database'
import { epochMs } from '@xinglin/fhir'
import type { Logger, Runtime } from '@xinglin/runtime'
import type { Runner } from 'graphile-worker'
import type { Jobs, JobTasks } from './jobs.ts'
import { freeJobsOfTheDead } from './presence.ts'

export type JobsOptions = {
  readonly database: Database
  readonly runtime: Runtime
  /** Jobs at once in this process; default 4, which leaves connections for requests. */
  readonly concurrency?: number
}

// The library gives up when PostgreSQL is away for long; it is started again at this pace.
const restartPauseMs = 1_000

/** Creates or updates the tables of the job queue (schema `graphile_worker`). */
export async function migrateJobs({ database, log }: { database: Database; log: Logger }): Promise<void> {
  const { migrateWorker } = await import('./worker.ts')
  await migrateWorker(database.url, log)
}

/** The platform's jobs; `migrateJobs` must have run once. */
export function createJobs({ database, runtime, concurrency = 4 }: JobsOptions): Jobs {
  let stopRunning: (() => Promise<void>) | undefined
  return {
    async enqueue(transaction, { task, payload, queue, runAt, maxAttempts, key }) {
      const due = runAt === undefined ? null : new Date(epochMs(runAt)).toISOString()
      await transaction.query(sql`
        select graphile_worker.add_job(
          ${task}::text,
          payload := ${JSON.stringify(payload)}::json,
          queue_name := ${queue ?? null}::text,
          run_at := ${due}::timestamptz,
          max_attempts := ${maxAttempts ?? null}::int,
          job_key := ${key ?? null}::text)`)
    },
    async start(tasks) {
      const stopWorking = await keepRunning({ url: database.url, log: runtime.log, concurrency, tasks })
      const freeing = freeJobsOfTheDead(database, runtime.log)
      stopRunning = async () => void (await Promise.all([freeing.stop(), stopWorking()]))
    },
    async stop() {
      await stopRunning?.()
      stopRunning = undefined
    },
    states: () => database.query(jobStates),
  }
}

type Running = { url: string; log: Logger; concurrency: number; tasks: JobTasks }

/** Runs the worker and starts it again where it gives up; returns the way to stop. */
async function keepRunning(options: Running): Promise<() => Promise<void>> {
  const { startWorker } = await import('./worker.ts')
  const stopping = new AbortController()
  let runner: Runner | undefined = await startWorker(options)
  const gaveUp = (error: unknown) =>
    options.log.warn('job worker gave up', { error: error instanceof Error ? error.name : typeof error })

  async function supervise(): Promise<void> {
    while (!stopping.signal.aborted) {
      await runner?.promise.catch(gaveUp)
      runner = undefined
      if (stopping.signal.aborted) return
      await sleep(restartPauseMs)
      runner = await startWorker(options).catch((error: unknown) => void gaveUp(error))
    }
  }
  const supervised = supervise()

  return async () => {
    stopping.abort()
    await runner?.stop()
    await supervised
    // Started by the supervisor while it was being told to stop.
    await runner?.stop()
  }
}

const jobStates = sql<{ task: string; waiting: number; running: number; failed: number }>`
  select
    task_identifier as task,
    count(*) filter (where locked_at is null and attempts < max_attempts)::int as waiting,
    count(*) filter (where locked_at is not null)::int as running,
    count(*) filter (where locked_at is null and attempts >= max_attempts)::int as failed
  from graphile_worker.jobs
  group by task_identifier
  order by task_identifier`
