/** Reading what a request says; each refusal names the field in `at`. */
import { invalid } from '@xinglin/fhir'

const maxTextCharacters = 2_000
const maxListEntries = 200

/** A field as text; throws `invalid` where it is missing. */
export function textOf(from: unknown, field: string): string {
  const text = optionalTextOf(from, field)
  if (text !== undefined) return text
  throw bad(`${field} is missing: give it as text`, field)
}

/** A field as text; undefined where it is absent or empty. */
export function optionalTextOf(from: unknown, field: string): string | undefined {
  const value = fieldOf(from, field)
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string' && value.length <= maxTextCharacters) return value
  throw bad(`${field} must be text of at most ${maxTextCharacters} characters`, field)
}

/** A field as a list of texts; empty where it is absent. */
export function textsOf(from: unknown, field: string): readonly string[] {
  const value = fieldOf(from, field) ?? []
  const isList = Array.isArray(value) && value.length <= maxListEntries
  if (isList && value.every((each) => typeof each === 'string' && each.length <= maxTextCharacters))
    return value
  throw bad(`${field} must be a list of at most ${maxListEntries} texts`, field)
}

/** A field as one of a closed set. */
export function choiceOf<Choice extends string>(
  from: unknown,
  field: string,
  choices: readonly Choice[],
): Choice {
  const text = textOf(from, field)
  const choice = choices.find((one) => one === text)
  if (choice !== undefined) return choice
  throw bad(`${field} must be one of ${choices.join(', ')}`, field)
}

/** A set of public keys (RFC 7517 §5); undefined where it is absent. */
export function optionalKeysOf(
  from: unknown,
  field: string,
): { readonly keys: readonly Readonly<Record<string, unknown>>[] } | undefined {
  const value = fieldOf(from, field)
  if (value === undefined || value === null) return undefined
  const keys = fieldOf(value, 'keys')
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)) return { keys }
  throw bad(`${field} must be a JSON Web Key Set: {"keys":[…]}`, field)
}

function fieldOf(from: unknown, field: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, field)
    ? Reflect.get(from, field)
    : undefined
}

function bad(message: string, at: string) {
  return invalid(message, { code: 'app-registry.field', at })
}
