/** Opaque places in a list: what a page ended with. A changed token is refused or leads to another place, never further. */
import { invalid, type OutcomeError } from '@xinglin/fhir'

const longestToken = 4_000

/** The token of these values. */
export function tokenOf(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** The values of a token that has `count` of them; throws `invalid` for anything else. */
export function valuesOf(token: string, count: number): readonly string[] {
  if (token.length > longestToken) throw badToken()
  const values = parsed(Buffer.from(token, 'base64url').toString())
  const isList = Array.isArray(values) && values.length === count
  if (!isList || !values.every((value) => typeof value === 'string')) throw badToken()
  return values
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw badToken(cause)
  }
}

/** The failure for a token that no page was given. */
export function badToken(cause?: unknown): OutcomeError {
  return invalid('the page asked for is unknown; follow the link of the page before as it is', {
    code: 'records.bad-page',
    ...(cause === undefined ? {} : { cause }),
  })
}

const wholeNumber = /^-?\d{1,19}$/
/** As PostgreSQL writes it in UTC, or as an instant. */
const moment = /^(\d{4}-\d\d-\d\d)[ T]([\d:.]+)\+00(?::00)?$/

/** A value of a token that must be a number of PostgreSQL's bigint. */
export function numberIn(value: string | undefined): string {
  if (value === undefined || !wholeNumber.test(value) || !fitsBigint(BigInt(value))) throw badToken()
  return value
}

/** A value of a token that must be a moment or an infinity. */
export function momentIn(value: string | undefined): string {
  if (value === 'infinity' || value === '-infinity') return value
  const [, day, time] = moment.exec(value ?? '') ?? []
  const text = `${day}T${time}Z`
  if (Number.isNaN(Date.parse(text))) throw badToken()
  return text
}

function fitsBigint(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}
