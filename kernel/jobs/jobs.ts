/** Durable jobs and timers on the platform's PostgreSQL (graphile-worker), asked for in the transaction of the act. */

import type { Transaction } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'

export { createJobs, type JobsOptions, migrateJobs } from './create-jobs.ts'

export type JobRequest = {
  /** `<app>.<verb>`, for example `imaging.build-thumbnail`. */
  readonly task: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly runAt?: Instant
  /** A second request with the same key replaces the first while it has not started. */
  readonly key?: string
  /** Jobs of one queue run one after the other. */
  readonly queue?: string
  /** Default 25: the last try comes about three days after the first. */
  readonly maxAttempts?: number
}
export type JobTasks = Readonly<
  Record<string, (payload: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<void>>
>
export type JobState = {
  readonly task: string
  /** Due, planned for later, or waiting for another try. */
  readonly waiting: number
  readonly running: number
  /** Given up after the last try. */
  readonly failed: number
}

export interface Jobs {
  enqueue(transaction: Transaction, request: JobRequest): Promise<void>
  /** Runs due jobs of these tasks in this process, until `stop`. */
  start(tasks: JobTasks): Promise<void>
  /** Takes no more jobs and waits for the running ones; after 5 s their signal is aborted. */
  stop(): Promise<void>
  states(): Promise<readonly JobState[]>
}
