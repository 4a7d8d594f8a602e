/** FHIR R4 operations.html §3.2.0.2: parameters of a call from the query string or from a Parameters resource. */
import { invalid } from '@xinglin/fhir'
import type { Query } from '@xinglin/records'

export type Parameter = {
  readonly name: string
  /** A primitive as text; undefined for a complex value or a resource. */
  readonly text?: string
  /** The value as JSON: primitive, data type or resource. */
  readonly value: unknown
}
export type Parameters = readonly Parameter[]

/** Those of the query first; throws `invalid` for a body that is no Parameters resource. */
export function readParameters(query: Query, body: unknown): Parameters {
  const asked = query.map(([name, text]) => ({ name, text, value: text }))
  if (body === undefined) return asked
  if (!isObject(body) || body.resourceType !== 'Parameters') throw notParameters()
  const list = body.parameter ?? []
  if (!Array.isArray(list)) throw notParameters()
  return [...asked, ...list.map(parameterOf)]
}

function parameterOf(entry: unknown, index: number): Parameter {
  const at = `Parameters.parameter[${index}]`
  if (!isObject(entry) || typeof entry.name !== 'string') throw notParameters(at)
  const key = Object.keys(entry).find((each) => each.startsWith('value')) ?? 'resource'
  const value = entry[key]
  return { name: entry.name, value, ...(isPrimitive(value) ? { text: String(value) } : {}) }
}

/** Refuses parameters that the operation does not know: ignoring one would answer another question. */
export function refuseUnknown(parameters: Parameters, known: readonly string[]): void {
  const unknown = parameters.find(({ name }) => !known.includes(name))
  if (!unknown) return
  const name = /^[\w-]{1,64}$/.test(unknown.name) ? unknown.name : 'of that name'
  throw invalid(
    known.length === 0
      ? `this operation has no parameter ${name}; it takes none`
      : `this operation has no parameter ${name}; it has ${known.join(', ')}`,
    { code: 'fhir-api.operation-parameter' },
  )
}

/** All texts of a parameter, in order. */
export function textsOf(parameters: Parameters, name: string): readonly string[] {
  return parameters.flatMap((each) => (each.name === name && each.text !== undefined ? [each.text] : []))
}

/** The text of a parameter that may stand once; undefined where it is absent, throws `invalid` where it is repeated. */
export function textOf(parameters: Parameters, name: string): string | undefined {
  const texts = textsOf(parameters, name)
  if (texts.length > 1) throw badValue(name, 'may stand once')
  return texts[0]
}

/** A whole number from 1; undefined where it is absent. */
export function countOf(parameters: Parameters, name: string): number | undefined {
  const text = textOf(parameters, name)
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw badValue(name, 'must be a whole number from 1')
}

/** The refusal of a value. */
export function badValue(name: string, rule: string) {
  return invalid(`${name} ${rule}`, { code: 'fhir-api.operation-value', at: name })
}

function notParameters(at?: string) {
  return invalid('the body must be a Parameters resource', {
    code: 'fhir-api.operation-body',
    ...(at ? { at } : {}),
  })
}

function isPrimitive(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** A JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
