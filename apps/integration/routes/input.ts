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

function fieldOf(from: unknown, field: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, field)
    ? Reflect.get(from, field)
    : undefined
}

function malformed(field: string, expected: string) {
  return invalid(`${field} must be ${expected}`, { code: 'integration.field', at: field })
}
