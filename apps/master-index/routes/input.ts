/** Reading what a request says; each refusal names the field in `at`. */
import { invalid } from '@xinglin/fhir'

const mostCharacters = 2_000

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
  const text = optionalTextOf(from, field)
  const choice = choices.find((each) => each === text)
  if (choice !== undefined) return choice
  throw wrong(field, `${field} must be one of ${choices.join(', ')}`)
}

/** A FHIR id. */
export function idOf(from: unknown, field: string): string {
  const id = textOf(from, field)
  if (/^[A-Za-z0-9\-.]{1,64}$/.test(id)) return id
  throw wrong(field, `${field} must be an id of FHIR`)
}

/** A list of texts that `isOne` takes, each once; empty where it is absent. */
export function listOf<T extends string>(
  from: unknown,
  field: string,
  { isOne, most }: { readonly isOne: (text: string) => text is T; readonly most: number },
): readonly T[] {
  const value = memberOf(from, field) ?? []
  if (!Array.isArray(value) || value.length > most)
    throw wrong(field, `${field} must be a list of at most ${most}`)
  return [...new Set(value.map((each) => (typeof each === 'string' && isOne(each) ? each : refuse(field))))]
}

function refuse(field: string): never {
  throw wrong(field, `${field} names what there is not`)
}

/** A probability between 0 and 1. */
export function shareOf(from: unknown, field: string): number {
  const value = memberOf(from, field)
  if (typeof value === 'number' && value > 0 && value < 1) return value
  throw wrong(field, `${field} must be a number between 0 and 1`)
}

export function memberOf(from: unknown, field: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, field)
    ? Reflect.get(from, field)
    : undefined
}

function wrong(at: string, message: string) {
  return invalid(message, { code: 'master-index.field', at })
}
