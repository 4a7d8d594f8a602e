/**
 * PostgreSQL 18 appendix A (error codes): what a failed statement means to the platform. Messages of PostgreSQL quote
 * values (`Key (name)=(…) already exists`), so those of data errors never leave this file: only SQLSTATE and names do.
 */
import { busy, conflict, fault, invalid, type OutcomeError, tooLarge } from '@xinglin/fhir'

/** A failed statement without any value in it: the cause of the OutcomeError that is thrown. */
export class StatementFailure extends Error {
  readonly sqlState: string
  readonly constraint: string | undefined

  constructor(message: string, sqlState: string, constraint: string | undefined) {
    super(message)
    this.name = 'StatementFailure'
    this.sqlState = sqlState
    this.constraint = constraint
  }
}

/** SQLSTATE of a failed statement (`23505`), looked for through all causes; undefined where none is behind the error. */
export function sqlStateOf(error: unknown): string | undefined {
  return failureBehind(error)?.sqlState ?? rawSqlState(error)
}

/** Name of the unique, foreign key, check or exclusion constraint that refused a statement; undefined otherwise. */
export function constraintOf(error: unknown): string | undefined {
  return failureBehind(error)?.constraint
}

function failureBehind(error: unknown): StatementFailure | undefined {
  if (error instanceof StatementFailure) return error
  return error instanceof Error && error.cause !== undefined ? failureBehind(error.cause) : undefined
}

type Meaning = { readonly make: typeof fault; readonly code: string; readonly message: string }

const meanings: Readonly<Record<string, Meaning>> = {
  '23505': { make: conflict, code: 'database.unique', message: 'a row with the same key is already there' },
  '23503': {
    make: conflict,
    code: 'database.reference',
    message: 'a row that is referred to is missing, or is still referred to',
  },
  '23P01': {
    make: conflict,
    code: 'database.exclusion',
    message: 'a row that overlaps this one is already there',
  },
  '23514': { make: invalid, code: 'database.check', message: 'a value breaks a rule of its table' },
  '40001': {
    make: busy,
    code: 'database.contended',
    message: 'others changed the same rows at the same time; try again',
  },
  '40P01': {
    make: busy,
    code: 'database.contended',
    message: 'others changed the same rows at the same time; try again',
  },
  '53100': {
    make: fault,
    code: 'database.disk-full',
    message: 'the disk of the database is full; free space on it',
  },
  '54000': {
    make: tooLarge,
    code: 'database.too-large',
    message: 'a value is larger than the database takes',
  },
  '55P03': { make: busy, code: 'database.locked', message: 'a row stayed locked by others; try again' },
  '57014': {
    make: busy,
    code: 'database.too-slow',
    message: 'a statement ran longer than its limit and was stopped',
  },
}
const meaningsByClass: Readonly<Record<string, Meaning>> = {
  '22': { make: invalid, code: 'database.value', message: 'a value does not fit its type in the database' },
  '53': {
    make: busy,
    code: 'database.exhausted',
    message: 'the database has no room for more work now; try again',
  },
  '54': { make: tooLarge, code: 'database.too-large', message: 'a value is larger than the database takes' },
}
const unknownMeaning: Meaning = {
  make: fault,
  code: 'database.statement',
  message: 'the database refused a statement',
}

/** The failure to throw for an error of a statement; an OutcomeError that is one already comes back as it is. */
export function statementFailure(error: unknown): OutcomeError {
  const state = rawSqlState(error)
  if (state === undefined) {
    return fault('a statement failed outside the database', { code: 'database.statement', cause: error })
  }
  const { make, code, message } = meanings[state] ?? meaningsByClass[state.slice(0, 2)] ?? unknownMeaning
  const cause = withoutValues(error, state)
  return make(cause.constraint ? `${message} (${cause.constraint})` : message, { code, cause })
}

/** True where the server or the way to it is gone: nothing of an uncommitted transaction remains. */
export function isConnectionLoss(error: unknown): boolean {
  const state = rawSqlState(error)
  if (state !== undefined) return /^(08...|57P0[1-5])$/.test(state)
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss)
  if ('code' in error && typeof error.code === 'string') return socketFailures.has(error.code)
  return /^Connection terminated|not queryable$/.test(error.message)
}

const socketFailures = new Set(
  'ECONNREFUSED ECONNRESET ENOENT EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH EAI_AGAIN ENOTFOUND'.split(' '),
)

/** True for a plan that a migration has outdated while this connection kept it (`0A000` cached plan). */
export function isOutdatedPlan(error: unknown): boolean {
  return rawSqlState(error) === '0A000' && error instanceof Error && error.message.startsWith('cached plan')
}

function rawSqlState(error: unknown): string | undefined {
  if (error instanceof StatementFailure) return error.sqlState
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function withoutValues(error: unknown, state: string): StatementFailure {
  const constraint =
    error instanceof Error && 'constraint' in error && typeof error.constraint === 'string'
      ? error.constraint
      : undefined
  // Classes 22 (data) and 23 (integrity) quote values; the others speak of the statement's own words.
  const isSilent = /^2[23]/.test(state) || !(error instanceof Error)
  const failure = new StatementFailure(isSilent ? `SQLSTATE ${state}` : error.message, state, constraint)
  if (error instanceof Error && error.stack) failure.stack = stackWithoutMessage(error, failure)
  return failure
}

function stackWithoutMessage(error: Error, failure: StatementFailure): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return [`${failure.name}: ${failure.message}`, ...frames].join('\n')
}
