/** Reading what a request says, field by field; each refusal names the field in `at`. */
import { epochMs, type Instant, invalid } from '@xinglin/fhir'

const maxTextCharacters = 2_000
const maxListEntries = 500

/** A field as text; throws `invalid` where it is missing or no text. */
export function textOf(from: unknown, field: string): string {
  const text = optionalTextOf(from, field)
  if (text !== undefined) return text
  throw invalid(`${field} is missing: give it as text`, { code: 'administration.field', at: field })
}

/** A field as text; undefined where it is absent or empty. */
export function optionalTextOf(from: unknown, field: string): string | undefined {
  const value = fieldOf(from, field)
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string' && value.length <= maxTextCharacters) return value
  throw invalid(`${field} must be text of at most ${maxTextCharacters} characters`, {
    code: 'administration.field',
    at: field,
  })
}

/** A field as a list of texts. */
export function textsOf(from: unknown, field: string): readonly string[] {
  const value = fieldOf(from, field)
  if (Array.isArray(value) && value.length <= maxListEntries && value.every(isShortText)) return value
  throw invalid(`${field} must be a list of at most ${maxListEntries} texts`, {
    code: 'administration.field',
    at: field,
  })
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxTextCharacters
}

/** A field as a number; undefined where it is absent or null. */
export function optionalNumberOf(from: unknown, field: string): number | undefined {
  const value = fieldOf(from, field)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return value
  throw invalid(`${field} must be a number`, { code: 'administration.field', at: field })
}

/** `limit` of a list: 1 to `most`, `most` where absent. */
export function limitOf(from: unknown, most: number): number {
  const text = optionalTextOf(from, 'limit')
  const limit = text === undefined ? most : Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit
  throw invalid(`limit must be a whole number from 1 to ${most}`, {
    code: 'administration.field',
    at: 'limit',
  })
}

/** A field as an instant with offset; undefined where it is absent. */
export function optionalInstantOf(from: unknown, field: string): Instant | undefined {
  const text = optionalTextOf(from, field)
  if (text === undefined) return undefined
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
  if (isInstant && Number.isFinite(epochMs(text))) return text as Instant
  throw invalid(`${field} must be an instant with offset, such as 2026-11-22T08:00:00+08:00`, {
    code: 'administration.field',
    at: field,
  })
}

/** One of a closed set; undefined where it is absent. */
export function optionalChoiceOf<Choice extends string>(
  from: unknown,
  field: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = optionalTextOf(from, field)
  const choice = choices.find((one) => one === text)
  if (text === undefined || choice !== undefined) return choice
  throw invalid(`${field} must be one of ${choices.join(', ')}`, { code: 'administration.field', at: field })
}

function fieldOf(from: unknown, field: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, field)
    ? Reflect.get(from, field)
    : undefined
}
