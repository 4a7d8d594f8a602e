/**
 * The one ordered log (law 1). Entries are appended in the transaction that makes the change; readers see them in one
 * order that never changes afterwards, with none skipped however transactions overlap (docs/decisions/0003).
 */

import type { Transaction } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'

export { createEventLog, eventsMigrations } from './log.ts'
export { transactionStart } from './position.ts'

export type TenantId = number & { readonly tenant: true }

/** A place in the log, sortable as text; `''` is before the first entry. */
export type Position = string & { readonly position: true }

/** What a command states. `kind` is `app.past-tense` (`laboratory.result-arrived`); `record.*` kinds are stated by records itself. */
export type Statement = {
  readonly kind: string
  readonly resourceType?: string
  readonly resourceId?: string
  readonly version?: number
  /** Logical id of the Patient whose compartment this concerns. */
  readonly patient?: string
  readonly data?: unknown
}

export type LogEntry = Statement & {
  readonly position: Position
  /** Stable id of the entry, the idempotency key of reactions (law 3). */
  readonly id: string
  readonly at: Instant
  readonly tenant: TenantId
  /** Who did it: `user/<id>`, `client/<id>` or `system/<name>`. */
  readonly actor: string
}

export type Author = { readonly tenant: TenantId; readonly actor: string }

export interface EventLog {
  append(transaction: Transaction, author: Author, statements: readonly Statement[]): void
  /** Up to `limit` entries after a position, in log order, of the given kinds (all where absent; `record.*` as prefix allowed). */
  read(options: {
    after: Position
    limit: number
    kinds?: readonly string[]
    /** Of changes of resources of these types only. */
    resourceTypes?: readonly string[]
    tenant?: TenantId
  }): Promise<readonly LogEntry[]>
  /** The position of the newest readable entry. */
  head(): Promise<Position>
  /** A durable reader with its own cursor; only one process runs a given name at a time. Not started yet. */
  consumer(options: ConsumerOptions): Consumer
  /** Calls `seen` for new entries while the process lives (screens, websockets); nothing is kept. Returns the way to stop. */
  follow(seen: (entries: readonly LogEntry[]) => void): () => void
  /** Name, cursor and entries behind of each durable consumer that has ever run. */
  consumers(): Promise<readonly ConsumerState[]>
  start(): Promise<void>
  /** Stops following and every consumer of this process, each after the batch that it is in. */
  stop(): Promise<void>
}

export type ConsumerOptions = {
  readonly name: string
  readonly kinds?: readonly string[]
  /** Of changes of resources of these types only: PostgreSQL leaves the others out, and they do not wake the reader. */
  readonly resourceTypes?: readonly string[]
  readonly from: 'start' | 'now'
  readonly batchSize?: number
  /** Effects made through `transaction` and the cursor commit together: exactly once. Throwing tries again with back-off. */
  readonly handle: (entries: readonly LogEntry[], transaction: Transaction) => Promise<void>
}
export type ConsumerState = {
  readonly name: string
  readonly position: Position
  readonly entriesBehind: number
  readonly failure?: string
}
export interface Consumer {
  start(): void
  stop(): Promise<void>
  /** Sets the cursor back (replay) or forward. */
  seek(position: Position): Promise<void>
  /** Settles when every entry readable at the call has been handled. */
  caughtUp(): Promise<void>
}
