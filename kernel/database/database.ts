/** PostgreSQL as the platform uses it: tagged statements, transactions that can act after commit, numbered migrations. */

import type { ReplicaState } from './replicas/replica.ts'

export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded/embedded-postgres.ts'
export { startEmbeddedPostgres } from './embedded/embedded-postgres.ts'
export { migrate, migrationsChecksum } from './migrate.ts'
export { type DatabaseOptions, openDatabase } from './open-database.ts'
export type { ReplicaCondition, ReplicaState } from './replicas/replica.ts'
export { refuseOldServer } from './server-version.ts'
export { sql } from './sql.ts'
export { constraintOf, sqlStateOf } from './statement-failure.ts'

/** A statement with bound values, made by the `sql` tag only. `Row` is what one row of the answer looks like. */
export type Sql<Row = unknown> = {
  readonly text: string
  readonly values: readonly unknown[]
  /** Set when the text is constant, so that PostgreSQL keeps its plan (named prepared statement). */
  readonly name?: string
  readonly row?: Row
}

/** Anything that answers statements: the pool or one open transaction. */
export interface Queryable {
  query<Row>(statement: Sql<Row>): Promise<readonly Row[]>
}

/** One open transaction. Throwing inside `Database.transaction` rolls it back. Statements may overlap: they are pipelined in order. */
export interface Transaction extends Queryable {
  /**
   * A statement whose rows nobody needs: it is sent at once and what is asked later sees what it did; where it fails the
   * next statement or the commit throws its failure.
   */
  send(statement: Sql): void
  /** An insert of constant text that is sent with the next statement, or with the inserts of the commit in one statement; fails as `send` does. */
  insertSoon(insert: Sql): void
  /** An insert of constant text that goes with the commit, together with all others, in one statement; where it fails nothing commits. */
  insertLast(insert: Sql): void
  /** Runs after a durable commit, never after a rollback; for wake-ups, not for work that must not be lost. */
  afterCommit(act: () => void): void
}

export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction (read committed). After a serialisation failure, a deadlock or a connection lost
   * before the commit, `work` runs again from its start, up to 3 more times.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /**
   * Runs reads that may come from a read replica; they see everything that was committed, by anybody, before the call.
   * On the primary where no replica is set, has caught up or answers; then `work` may run again from its start.
   */
  reading<T>(work: (from: Queryable) => Promise<T>): Promise<T>
  /** The read replicas and whether they are used; empty where none is set. */
  replicas(): readonly ReplicaState[]
  /** Calls `heard` for each NOTIFY on `channel`, reconnecting by itself; `heard` is also called once (with `''`) after each reconnect. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
  /** For libraries that open their own connections (job queue). */
  readonly url: string
  close(): Promise<void>
}

/** A folder of `0001-words.sql` files, forward only; `name` is the schema that they own (and create themselves). */
export type Migrations = { readonly name: string; readonly folder: URL }
