/** Transactions in read committed that are tried again when PostgreSQL gave up on them, and act only after commit. */
import { setTimeout as sleep } from 'node:timers/promises'
import { busy, fault, type OutcomeError } from '@xinglin/fhir'
import type { Logger } from '@xinglin/runtime'
import type pg from 'pg'
import type { Database, Sql, Transaction } from './database.ts'
import { type Acquire, outcomeUnknown, rowsOf } from './open-database.ts'
import { inOne } from './sql.ts'
import { isConnectionLoss, isOutdatedPlan, sqlStateOf, statementFailure } from './statement-failure.ts'

/** Deadlocks and serialisation failures between short commands resolve within one or two tries. */
const maxRetries = 3
const retryPauseMs = 10
/** SQLSTATE in_failed_sql_transaction. */
const failedTransaction = '25P02'

type Attempt<T> =
  | { readonly kind: 'committed'; readonly result: T; readonly acts: readonly (() => void)[] }
  | { readonly kind: 'again'; readonly cause: unknown }

/** `Database.transaction` over connections from `acquire`. */
export function createTransactions(needs: { acquire: Acquire; log: Logger }): Database['transaction'] {
  return async (work) => {
    for (let tries = 0; ; tries += 1) {
      const attempt = await attemptOnce(needs.acquire, work)
      if (attempt.kind === 'committed') {
        for (const act of attempt.acts) runAct(act, needs.log)
        return attempt.result
      }
      if (tries === maxRetries) throw gaveUp(attempt.cause)
      // Uneven pauses let one of two that collided go first.
      await sleep(retryPauseMs * (tries + 1) * (1 + Math.random()))
    }
  }
}

async function attemptOnce<T>(
  acquire: Acquire,
  work: (transaction: Transaction) => Promise<T>,
): Promise<Attempt<T>> {
  const client = await acquire()
  const open = openTransaction(client)
  let isUsable = true
  try {
    const result = await work(open.transaction)
    await open.commit()
    return { kind: 'committed', result, acts: open.acts }
  } catch (error) {
    const cause = open.passingFailure()
    isUsable = (await open.rollBack()) && !isOutdatedPlan(cause)
    if (cause !== undefined) return { kind: 'again', cause }
    throw error
  } finally {
    client.release(!isUsable)
  }
}

type OpenTransaction = {
  readonly transaction: Transaction
  readonly acts: readonly (() => void)[]
  /** Answers only when PostgreSQL has the commit on disk. */
  commit(): Promise<void>
  /** True where the connection can be used again. */
  rollBack(): Promise<boolean>
  /** What failed in this transaction so that running it again may succeed; undefined where that would not help. */
  passingFailure(): unknown
}

function openTransaction(client: pg.PoolClient): OpenTransaction {
  const acts: (() => void)[] = []
  const inserts: Sql[] = []
  const sent: Promise<unknown>[] = []
  let soon: Sql[] = []
  let isOpen = true
  let passing: unknown
  let first: OutcomeError | undefined
  const failed = (error: unknown) => {
    // A connection that breaks after COMMIT went out: what was sent before it may have committed, so it must not run again.
    if (isPassing(error) && (isOpen || !isConnectionLoss(error))) passing ??= error
    // Statements after one that failed say no more than that.
    if (first && sqlStateOf(error) === failedTransaction) return first
    first ??= isConnectionLoss(error) ? connectionLost(error) : statementFailure(error)
    return first
  }
  // Not awaited here: the first statement travels with it and saves one round trip.
  writeTogether(client)
  const begun = client.query('begin').catch((error: unknown) => {
    throw failed(error)
  })
  begun.catch(() => undefined)
  const query = async <Row>(statement: Sql<Row>): Promise<readonly Row[]> => {
    if (!isOpen) throw ended()
    sendSoon()
    writeTogether(client)
    try {
      return await rowsOf(client, statement)
    } catch (error) {
      throw failed(error)
    }
  }
  const send = (statement: Sql) => {
    const answer = query(statement)
    answer.catch(() => undefined)
    sent.push(answer)
  }
  const sendSoon = () => {
    const rounds = insertsInOrder(soon)
    soon = []
    for (const round of rounds) send(inOne(round))
  }
  const commit = async () => {
    const last = insertsInOrder([...soon, ...inserts])
    soon = []
    for (const round of last) send(inOne(round))
    isOpen = false
    writeTogether(client)
    const committing = client.query('commit').catch((error: unknown) => {
      throw isConnectionLoss(error) ? outcomeUnknown(error) : failed(error)
    })
    const [committed, ...before] = await Promise.allSettled([committing, begun, ...sent])
    if (committed.status === 'rejected') throw committed.reason
    for (const answer of before) if (answer.status === 'rejected') throw answer.reason
    // PostgreSQL answers COMMIT with ROLLBACK where a statement had failed and its error was swallowed.
    if (committed.value.command !== 'COMMIT') {
      throw fault('a statement of this transaction had failed, so nothing was committed', {
        code: 'database.rolled-back',
      })
    }
  }
  const rollBack = async () => {
    isOpen = false
    return client.query('rollback').then(
      () => true,
      () => false,
    )
  }
  const afterCommit = (act: () => void) => {
    acts.push(act)
  }
  const insertLast = (insert: Sql) => {
    if (!isOpen) throw ended()
    inserts.push(insert)
  }
  const insertSoon = (insert: Sql) => {
    if (!isOpen) throw ended()
    soon.push(insert)
  }
  return {
    transaction: { query, send, insertSoon, insertLast, afterCommit },
    acts,
    commit,
    rollBack,
    passingFailure: () => passing,
  }
}

function ended(): OutcomeError {
  return fault('a statement came after its transaction had ended', { code: 'database.ended' })
}

/** Inserts that may share a statement: what one statement's parts do has no order, so two of the same text follow one another. */
function insertsInOrder(inserts: readonly Sql[]): readonly (readonly Sql[])[] {
  const rounds: Sql[][] = []
  for (const insert of inserts) {
    const round = rounds.at(-1)
    if (round && !round.some(({ name }) => name === insert.name)) round.push(insert)
    else rounds.push([insert])
  }
  return rounds
}

/** What one turn of the event loop sends goes out in one system call (60 µs each). */
function writeTogether(client: pg.PoolClient): void {
  const { stream } = client.connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}

/** Failures before the commit that leave nothing behind and may not happen again. */
function isPassing(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === '40001' || state === '40P01' || isConnectionLoss(error) || isOutdatedPlan(error)
}

function connectionLost(cause: unknown): OutcomeError {
  return busy('PostgreSQL went away during a transaction, nothing was changed; try again', {
    code: 'database.unavailable',
    cause,
  })
}

function gaveUp(cause: unknown): OutcomeError {
  return isConnectionLoss(cause) ? connectionLost(cause) : statementFailure(cause)
}

function runAct(act: () => void, log: Logger): void {
  try {
    act()
  } catch (error) {
    log.error('an act after commit failed', {
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}
