/** FHIR R4 §2.28 OperationOutcome as the one error of the platform. */
import type { OperationOutcome, OperationOutcomeIssue } from 'fhir/r4'

/** The closed set of failures; each has one HTTP status and one FHIR issue code (R4 value set issue-type). */
export type Failure =
  | 'invalid'
  | 'notFound'
  | 'conflict'
  | 'stale'
  | 'forbidden'
  | 'unauthenticated'
  | 'gone'
  | 'ambiguous'
  | 'notAllowed'
  | 'notAcceptable'
  | 'mediaType'
  | 'busy'
  | 'tooLarge'
  | 'unsupported'
  | 'unprocessable'
  | 'tooCostly'
  | 'fault'

export const failures = {
  invalid: { status: 400, code: 'invalid' },
  unauthenticated: { status: 401, code: 'login' },
  forbidden: { status: 403, code: 'forbidden' },
  notFound: { status: 404, code: 'not-found' },
  conflict: { status: 409, code: 'conflict' },
  gone: { status: 410, code: 'deleted' },
  notAllowed: { status: 405, code: 'not-supported' },
  notAcceptable: { status: 406, code: 'not-supported' },
  ambiguous: { status: 412, code: 'multiple-matches' },
  mediaType: { status: 415, code: 'not-supported' },
  stale: { status: 412, code: 'conflict' },
  tooLarge: { status: 413, code: 'too-long' },
  unsupported: { status: 422, code: 'not-supported' },
  unprocessable: { status: 422, code: 'processing' },
  tooCostly: { status: 422, code: 'too-costly' },
  busy: { status: 429, code: 'throttled' },
  fault: { status: 500, code: 'exception' },
} as const satisfies Record<Failure, { status: number; code: OperationOutcomeIssue['code'] }>

export type FailureDetail = {
  /** A code that stands in docs/errors.md, for example `ward.bed-occupied`. */
  readonly code: string
  /** FHIRPath of the element concerned, for example `Encounter.location`. */
  readonly at?: string
  /** What the sentence of the code tells in other languages: ids, names of rights and rules, never anything of a patient. */
  readonly values?: FailureValues
  readonly cause?: unknown
}
export type FailureValues = Readonly<Record<string, string | number>>

/** A failure that carries its OperationOutcome; thrown anywhere, answered at the edges only. */
export class OutcomeError extends Error {
  readonly failure: Failure
  readonly outcome: OperationOutcome
  readonly values: FailureValues

  constructor(
    failure: Failure,
    outcome: OperationOutcome,
    options?: { readonly cause?: unknown; readonly values?: FailureValues },
  ) {
    super(outcome.issue[0]?.diagnostics ?? failure, options)
    this.name = 'OutcomeError'
    this.failure = failure
    this.outcome = outcome
    this.values = options?.values ?? {}
  }

  /** HTTP status of this failure. */
  get status(): number {
    return failures[this.failure].status
  }
}

/** One issue of severity error; `message` says what is, what was asked, what to do, never a patient's name. */
export function issue(failure: Failure, message: string, detail: FailureDetail): OperationOutcomeIssue {
  return {
    severity: 'error',
    code: failures[failure].code,
    details: { coding: [{ system: 'urn:xinglin:error', code: detail.code }] },
    diagnostics: message,
    ...(detail.at ? { expression: [detail.at] } : {}),
  }
}

const make = (failure: Failure) => (message: string, detail: FailureDetail) =>
  new OutcomeError(
    failure,
    { resourceType: 'OperationOutcome', issue: [issue(failure, message, detail)] },
    {
      ...(detail.cause === undefined ? {} : { cause: detail.cause }),
      ...(detail.values ? { values: detail.values } : {}),
    },
  )

export const invalid = make('invalid')
export const unauthenticated = make('unauthenticated')
export const forbidden = make('forbidden')
export const notFound = make('notFound')
export const conflict = make('conflict')
export const stale = make('stale')
export const gone = make('gone')
export const ambiguous = make('ambiguous')
export const notAllowed = make('notAllowed')
export const notAcceptable = make('notAcceptable')
export const mediaType = make('mediaType')
export const tooLarge = make('tooLarge')
export const unsupported = make('unsupported')
export const unprocessable = make('unprocessable')
export const tooCostly = make('tooCostly')
export const busy = make('busy')
export const fault = make('fault')
