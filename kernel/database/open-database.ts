/** The pool: statements, transactions and notifications over `pg`, surviving restarts of PostgreSQL. */
import { setTimeout as sleep } from 'node:timers/promises'
import { busy, fault, type OutcomeError } from '@xinglin/fhir'
import type { Logger } from '@xinglin/runtime'
import pg from 'pg'
import type { Database, Sql } from './database.ts'
import { createListening } from './listening.ts'
import { nameOfRepeated } from './names.ts'
import { openReading, type Reading } from './replicas/reading.ts'
import { isConnectionLoss, isOutdatedPlan, statementFailure } from './statement-failure.ts'
import { createTransactions } from './transactions.ts'
import { valueTypes } from './value-types.ts'

export type DatabaseOptions = {
  /** `postgresql://user:password@host:port/database`; `?host=/folder` names a unix socket folder. */
  readonly url: string
  readonly log: Logger
  /** URLs of hot standbys of the same server, which answer `reading`. */
  readonly readUrls?: readonly string[]
  /** Connections at most, 1 to 200; more wait their turn. */
  readonly poolSize?: number
  /** A statement that runs longer is stopped with `busy`; 0 is no limit. */
  readonly statementTimeoutMs?: number
}

/** Two cores are kept busy by 10 connections; more only adds switching (PostgreSQL wiki, number of connections). */
const defaultPoolSize = 10
/** No screen waits longer; a runaway search must give its connection back. */
const defaultStatementTimeoutMs = 60_000
/** How long a caller waits for a free connection before it is told `busy`. */
const acquireTimeoutMs = 10_000
/** PostgreSQL is back 0.2 s after a crash, and within this after a long recovery: callers wait instead of failing. */
const reconnectPatienceMs = 8_000
const reconnectPauseMs = 50
/** Idle connections cost PostgreSQL 5-10 MB each: they are given back after this. */
const idleConnectionMs = 60_000

/** What every connection of the platform agrees on: UTC, own value types, keep-alive. */
export function connectionSettings(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types: valueTypes,
    keepAlive: true,
    application_name: 'xinglin',
    // A prepared plan made while a table was young reads all of it until statistics come, minutes later: 10 ms instead of
    // 0.1 at 9,000 resources, and growing. Every hot statement has an index; the few that have none still run.
    // Workers that share a statement take 6 ms to start, most statements 1 ms to run.
    options: '-c TimeZone=UTC -c DateStyle=ISO -c enable_seqscan=off -c max_parallel_workers_per_gather=0',
  }
}

/** Opens a pool and checks that PostgreSQL answers; throws `busy` (`database.unavailable`) where it does not. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, log, readUrls = [] } = options
  const poolOf = (to: string): pg.PoolConfig => ({
    ...connectionSettings(to),
    max: options.poolSize ?? defaultPoolSize,
    statement_timeout: options.statementTimeoutMs ?? defaultStatementTimeoutMs,
    idle_in_transaction_session_timeout: defaultStatementTimeoutMs,
    connectionTimeoutMillis: acquireTimeoutMs,
    idleTimeoutMillis: idleConnectionMs,
    // Statements of a transaction go out without waiting for each other's answers.
    pipeline: true,
  })
  const pool = new pg.Pool(poolOf(url))
  let isClosed = false
  pool.on('error', () => undefined)
  // Also while a connection is in use: its statement fails by itself, and without a listener the process would end.
  pool.on('connect', (client) => {
    client.on('error', (error: Error) => {
      if (!isClosed) log.warn('database connection lost', { reason: error.message })
    })
  })
  const acquire = () => acquireFrom(pool)
  const listening = createListening({ url, log })
  const query: Database['query'] = (statement) => answer(acquire, statement)
  let reading: Reading | undefined
  const database: Database = {
    url,
    query,
    reading: (work) => (reading ? reading.run(work) : work(database)),
    replicas: () => reading?.states() ?? [],
    transaction: createTransactions({ acquire, log }),
    listen: listening.listen,
    close: async () => {
      isClosed = true
      await listening.close()
      await reading?.close()
      await pool.end()
    },
  }
  try {
    await database.query({ text: 'select 1', values: [] })
    if (readUrls.length > 0) reading = await openReading({ primary: { query }, urls: readUrls, log, poolOf })
  } catch (error) {
    await database.close()
    throw error
  }
  return database
}

export type Acquire = () => Promise<pg.PoolClient>

/** A connection, waiting out a restart of PostgreSQL; nothing has been sent yet, so trying again is harmless. */
async function acquireFrom(pool: pg.Pool): Promise<pg.PoolClient> {
  const giveUpAt = performance.now() + reconnectPatienceMs
  for (;;) {
    try {
      return await pool.connect()
    } catch (error) {
      if (!isConnectionLoss(error)) throw connectFailure(error)
      if (performance.now() > giveUpAt) {
        throw busy('PostgreSQL does not answer; see its log and XINGLIN_DATABASE_URL', {
          code: 'database.unavailable',
          cause: error,
        })
      }
      await sleep(reconnectPauseMs)
    }
  }
}

function connectFailure(error: unknown): OutcomeError {
  if (error instanceof Error && error.message.startsWith('timeout exceeded')) {
    return busy('all database connections are in use; try again', {
      code: 'database.exhausted',
      cause: error,
    })
  }
  if (error instanceof Error && 'code' in error) return statementFailure(error)
  return fault('the database connection cannot be opened', { code: 'database.unavailable', cause: error })
}

async function answer<Row>(acquire: Acquire, statement: Sql<Row>): Promise<readonly Row[]> {
  const client = await acquire()
  let isUsable = true
  try {
    return await rowsOf<Row>(client, statement)
  } catch (error) {
    isUsable = !isConnectionLoss(error) && !isOutdatedPlan(error)
    if (isUsable) throw statementFailure(error)
    // A plain select has changed nothing, and an outdated plan has not run: both may simply be asked again.
    if (!isOutdatedPlan(error) && !statement.text.trimStart().startsWith('select'))
      throw outcomeUnknown(error)
  } finally {
    client.release(!isUsable)
  }
  return again(acquire, statement)
}

async function again<Row>(acquire: Acquire, statement: Sql<Row>): Promise<readonly Row[]> {
  const client = await acquire()
  let isUsable = false
  try {
    const rows = await rowsOf<Row>(client, statement)
    isUsable = true
    return rows
  } catch (error) {
    if (isConnectionLoss(error)) {
      throw busy('PostgreSQL went away twice during a statement; try again', {
        code: 'database.unavailable',
        cause: error,
      })
    }
    throw statementFailure(error)
  } finally {
    client.release(!isUsable)
  }
}

/** The failure where the connection broke after a change was sent: it may or may not have been made. */
export function outcomeUnknown(error: unknown): OutcomeError {
  return fault(
    'the database connection broke while a change was being made; look whether it was, then try again',
    {
      code: 'database.outcome-unknown',
      cause: error,
    },
  )
}

/** Rows of one statement on one connection; errors are PostgreSQL's own. */
export async function rowsOf<Row>(client: pg.ClientBase, statement: Sql<Row>): Promise<readonly Row[]> {
  const { text, values } = statement
  const name = statement.name ?? (values.length > 0 ? nameOfRepeated(text) : undefined)
  // Without values and name `pg` uses the simple protocol, which takes several statements (migrations).
  const result = await client.query(
    values.length > 0 || name ? { text, name, values: values as unknown[] } : text,
  )
  return result.rows as readonly Row[]
}
