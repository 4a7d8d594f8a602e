/** Reading the query of a request; each refusal names the field in `at`. */
import { invalid } from '@xinglin/fhir'

const longestText = 200

/** A field as text; undefined where it is absent or empty. */
export function optionalTextOf(from: unknown, field: string): string | undefined {
  const value = fieldOf(from, field)
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string' && value.length <= longestText) return value
  throw malformed(field, `text of at most ${longestText} characters`)
}

/** One of a closed set; undefined where it is absent. */
export function optionalChoiceOf<Choice extends string>(
  from: unknown,
  field: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = optionalTextOf(from, field)
  const choice = choices.find((each) => each === text)
  if (text !== undefined && choice === undefined) throw malformed(field, `one of ${choices.join(', ')}`)
  return choice
}

/** A whole number from 1 to `most`; `usual` where it is absent. */
export function wholeNumberOf(
  from: unknown,
  field: string,
  { usual, most }: { readonly usual: number; readonly most: number },
): number {
  const text = optionalTextOf(from, field)
  const number = text === undefined ? usual : Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  throw malformed(field, `a whole number from 1 to ${most}`)
}

/** A field as text that must be there. */
export function textOf(from: unknown, field: string): string {
  const text = optionalTextOf(from, field)?.trim()
  if (text) return text
  throw malformed(field, `text of 1 to ${longestText} characters`)
}

/** true or false. */
export function booleanOf(from: unknown, field: string): boolean {
  const value = fieldOf(from, field)
  if (typeof value === 'boolean') return value
  throw malformed(field, 'true or false')
}

/** As many rows in one transaction take some 10 ms; who has more asks again. */
const mostIds = 500

/** Numbers of rows, 1 to 500 of them. */
export function idsOf(from: unknown, field: string): readonly string[] {
  const value = fieldOf(from, field)
  const ids: readonly unknown[] = Array.isArray(value) ? value : []
  const numbers = ids.filter((id): id is string => typeof id === 'string' && /^\d{1,18}$/.test(id))
  if (numbers.length > 0 && numbers.length === ids.length && ids.length <= mostIds) return numbers
  throw malformed(field, `a list of 1 to ${mostIds} numbers`)
}

function fieldOf(from: unknown, field: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, field)
    ? Reflect.get(from, field)
    : undefined
}

function malformed(field: string, expected: string) {
  return invalid(`${field} must be ${expected}`, { code: 'integration.field', at: field })
}
