/** Reading what a request says, field by field; each refusal names the field in `at`. */
import { invalid } from '@xinglin/fhir'

const mostCharacters = 2_000
const mostEntries = 50

/** Members of a body; throws where it is none. */
export function bodyOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  throw wrong('body', 'send a JSON object')
}

export function textOf(from: unknown, field: string): string {
  const text = optionalTextOf(from, field)
  if (text !== undefined) return text
  throw wrong(field, `${field} is missing: give it as text`)
}

/** A text without blanks around it; undefined where it is absent or empty. */
export function optionalTextOf(from: unknown, field: string): string | undefined {
  const value = memberOf(from, field)
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || value.length > mostCharacters)
    throw wrong(field, `${field} must be text of at most ${mostCharacters} characters`)
  return value.trim() === '' ? undefined : value.trim()
}

export function choiceOf<const Choice extends string>(
  from: unknown,
  field: string,
  choices: readonly Choice[],
): Choice {
  const choice = optionalChoiceOf(from, field, choices)
  if (choice !== undefined) return choice
  throw wrong(field, `${field} must be one of ${choices.join(', ')}`)
}

export function optionalChoiceOf<const Choice extends string>(
  from: unknown,
  field: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = optionalTextOf(from, field)
  const choice = choices.find((each) => each === text)
  if (text === undefined || choice !== undefined) return choice
  throw wrong(field, `${field} must be one of ${choices.join(', ')}`)
}

/** A list of texts; undefined where it is absent or empty. */
export function optionalTextsOf(from: unknown, field: string): readonly string[] | undefined {
  const value = memberOf(from, field)
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || value.length > mostEntries || !value.every(isShort))
    throw wrong(field, `${field} must be a list of at most ${mostEntries} texts`)
  return value.length === 0 ? undefined : value
}

/** A list of objects, each read by `read`. */
export function listOf<T>(from: unknown, field: string, read: (entry: unknown) => T): readonly T[] {
  const value = memberOf(from, field) ?? []
  if (!Array.isArray(value) || value.length > mostEntries)
    throw wrong(field, `${field} must be a list of at most ${mostEntries}`)
  return value.map(read)
}

/** A FHIR id. */
export function idOf(from: unknown, field: string): string {
  const id = textOf(from, field)
  if (/^[A-Za-z0-9\-.]{1,64}$/.test(id)) return id
  throw wrong(field, `${field} must be an id of FHIR`)
}

/** A day as YYYY-MM-DD; undefined where it is absent. */
export function optionalDayOf(from: unknown, field: string): string | undefined {
  const day = optionalTextOf(from, field)
  if (day === undefined) return undefined
  if (/^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day))) return day
  throw wrong(field, `${field} must be a day such as 2026-11-23`)
}

export function limitOf(from: unknown, most: number): number {
  const text = optionalTextOf(from, 'limit')
  const limit = text === undefined ? most : Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit
  throw wrong('limit', `limit must be a whole number from 1 to ${most}`)
}

export function memberOf(from: unknown, field: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, field)
    ? Reflect.get(from, field)
    : undefined
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= mostCharacters
}

function wrong(at: string, message: string) {
  return invalid(message, { code: 'privacy.field', at })
}
