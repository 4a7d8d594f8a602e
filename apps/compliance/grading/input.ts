/** Reading what a command of graded protection is given; each refusal names the field in `at`. */
import { invalid } from '@xinglin/fhir'

const mostCharacters = 2_000

export function textOf(from: unknown, field: string): string {
  const value =
    typeof from === 'object' && from !== null && Object.hasOwn(from, field)
      ? Reflect.get(from, field)
      : undefined
  if (typeof value === 'string' && value.trim() !== '' && value.length <= mostCharacters) return value.trim()
  throw wrong(field, `give ${field} as text of at most ${mostCharacters} characters`)
}

/** A day of the calendar as YYYY-MM-DD. */
export function dayOf(from: unknown, field: string): string {
  const day = textOf(from, field)
  const isDay = /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day))
  // `Date.parse` takes the 31st of February for a day of March.
  if (isDay && new Date(day).toISOString().startsWith(day)) return day
  throw wrong(field, `${field} must be a day such as 2026-11-23`)
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

export function wrong(at: string, message: string) {
  return invalid(message, { code: 'compliance.field', at })
}
