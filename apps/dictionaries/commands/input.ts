/** Reading what a command is given; each refusal names the field in `at`. */
import { invalid } from '@xinglin/fhir'

const mostCharacters = 2_000

export function textOf(from: unknown, field: string, most = mostCharacters): string {
  const text = optionalText(from, field, most)
  if (text !== undefined) return text
  throw wrong(field, `give ${field} as text of at most ${most} characters`)
}

/** Undefined where it is absent or blank. */
export function optionalText(from: unknown, field: string, most = mostCharacters): string | undefined {
  const value = fieldOf(from, field)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && value.length <= most) return value.trim() || undefined
  throw wrong(field, `${field} must be text of at most ${most} characters`)
}

export function choiceOf<const Choice extends string>(
  from: unknown,
  field: string,
  choices: readonly Choice[],
): Choice {
  const text = textOf(from, field)
  const choice = choices.find((each) => each === text)
  if (choice !== undefined) return choice
  throw wrong(field, `${field} must be one of ${choices.join(', ')}`)
}

export function truthOf(from: unknown, field: string): boolean {
  const value = fieldOf(from, field)
  if (typeof value === 'boolean') return value
  throw wrong(field, `${field} must be true or false`)
}

export function countOf(from: unknown, field: string): number {
  const value = fieldOf(from, field)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw wrong(field, `${field} must be a whole number above 0`)
}

export function wrong(at: string, message: string) {
  return invalid(message, { code: 'dictionaries.field', at })
}

function fieldOf(from: unknown, field: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, field)
    ? Reflect.get(from, field)
    : undefined
}
