/** graphile-worker as it runs here; loaded only by processes that run or migrate jobs (12 MB). */

import type { Logger } from '@xinglin/runtime'
import {
  Logger as GraphileLogger,
  type LogFunctionFactory,
  type Runner,
  run,
  runMigrations,
  type TaskList,
} from 'graphile-worker'
import type { JobTasks } from './jobs.ts'
import { presenceEvents } from './presence.ts'

// One to listen for new jobs, the others to fetch and settle them; the work itself uses the platform's own pool.
const workerConnections = 3
// The platform stops within 10 s; half of that is for jobs to end by themselves.
const abortAfterMs = 5_000
// NOTIFY wakes the worker at once; polling finds only retries and timers that came due.
const pollIntervalMs = 1_000

export type WorkerOptions = {
  readonly url: string
  readonly log: Logger
  readonly concurrency: number
  readonly tasks: JobTasks
}

/** Starts taking jobs; `promise` of the answer rejects where the library gives up (a database away for long). */
export function startWorker({ url, log, concurrency, tasks }: WorkerOptions): Promise<Runner> {
  return run({
    connectionString: url,
    maxPoolSize: workerConnections,
    concurrency,
    pollInterval: pollIntervalMs,
    noHandleSignals: true,
    logger: libraryLogger(log),
    events: presenceEvents(log),
    taskList: taskListOf(tasks),
    preset: { worker: { gracefulShutdownAbortTimeout: abortAfterMs } },
  })
}

/** Creates or updates schema `graphile_worker`. */
export function migrateWorker(url: string, log: Logger): Promise<void> {
  return runMigrations({ connectionString: url, maxPoolSize: 1, logger: libraryLogger(log) })
}

function taskListOf(tasks: JobTasks): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload: unknown, helpers: { readonly abortSignal: AbortSignal }) =>
        task(payload as Readonly<Record<string, unknown>>, helpers.abortSignal),
    ]),
  )
}

/** The library's lines as ours: its messages may quote errors and payloads, so only who, which job and which kind remain. */
function libraryLogger(log: Logger): GraphileLogger {
  const factory: LogFunctionFactory = (scope) => (level, _message, meta) => {
    const fields = { worker: scope.workerId, task: scope.taskIdentifier, job: scope.jobId, ...errorOf(meta) }
    if (level === 'error') log.error('job worker error', fields)
    else if (level === 'warning') log.warn('job worker warning', fields)
    else log.debug('job worker', fields)
  }
  return new GraphileLogger(factory)
}

function errorOf(meta: object | undefined): { error?: string } {
  const error: unknown = meta && 'error' in meta ? meta.error : undefined
  return error instanceof Error ? { error: error.name } : {}
}
