/** Reading what a request says, field by field; each refusal names the field in `at`. */
import { epochMs, type Instant, instantOf, invalid } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'

const mostCharacters = 500
const dayMs = 86_400_000
/** More is for the command line: it would hold a request for minutes. */
const mostDays = 31

export function textOf(from: unknown, field: string): string {
  const value = memberOf(from, field)
  if (typeof value === 'string' && value.trim().length >= 2 && value.length <= mostCharacters)
    return value.trim()
  throw wrong(field, `give ${field} as text of 2 to ${mostCharacters} characters`)
}

export function choiceOf<const Choice extends string>(
  from: unknown,
  field: string,
  choices: readonly Choice[],
): Choice {
  const value = memberOf(from, field)
  const choice = choices.find((each) => each === value)
  if (choice !== undefined) return choice
  throw wrong(field, `${field} must be one of ${choices.join(', ')}`)
}

/** A field as text; undefined where it is absent or empty. */
export function optionalTextOf(from: unknown, field: string): string | undefined {
  const value = memberOf(from, field)
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string' && value.length <= mostCharacters) return value
  throw wrong(field, `${field} must be text of at most ${mostCharacters} characters`)
}

/** One of a closed set; undefined where it is absent. */
export function optionalChoiceOf<const Choice extends string>(
  from: unknown,
  field: string,
  choices: readonly Choice[],
): Choice | undefined {
  return optionalTextOf(from, field) === undefined ? undefined : choiceOf(from, field, choices)
}

/** A field as an instant with offset; undefined where it is absent. */
export function optionalInstantOf(from: unknown, field: string): Instant | undefined {
  const text = optionalTextOf(from, field)
  if (text === undefined) return undefined
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
  if (isInstant && Number.isFinite(epochMs(text))) return text as Instant
  throw wrong(field, `${field} must be an instant with offset, such as 2026-11-22T08:00:00+08:00`)
}

/** The last `days` of a query, one where it is absent. */
export function lastDays(
  query: unknown,
  runtime: Runtime,
): { readonly from: Instant; readonly until: Instant } {
  const days = Number(memberOf(query, 'days') ?? 1)
  if (!Number.isInteger(days) || days < 1 || days > mostDays)
    throw wrong('days', `days must be a whole number from 1 to ${mostDays}`)
  const untilMs = Date.parse(runtime.now()) + 1
  const { timeZone } = runtime
  return { from: instantOf(untilMs - days * dayMs, timeZone), until: instantOf(untilMs, timeZone) }
}

export function memberOf(from: unknown, field: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, field)
    ? Reflect.get(from, field)
    : undefined
}

export function wrong(at: string, message: string) {
  return invalid(message, { code: 'audit.field', at })
}
