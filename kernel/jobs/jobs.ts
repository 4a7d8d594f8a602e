/** Durable jobs and timers on the platform's PostgreSQL (graphile-worker), asked for in the transaction of the act. */

import type { Transaction } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'

export type JobRequest = {
  readonly task: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly runAt?: Instant
  /** A second request with the same key replaces the first while it has not started. */
  readonly key?: string
  /** Jobs of one queue run one after the other. */
  readonly queue?: string
  readonly maxAttempts?: number
}
export type JobTasks = Readonly<
  Record<string, (payload: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<void>>
>
export type JobState = { readonly task: string; readonly waiting: number; readonly failed: number }

export interface Jobs {
  enqueue(transaction: Transaction, request: JobRequest): Promise<void>
  start(tasks: JobTasks): Promise<void>
  stop(): Promise<void>
  states(): Promise<readonly JobState[]>
}
