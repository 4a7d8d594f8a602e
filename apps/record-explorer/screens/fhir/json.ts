/** FHIR as a screen takes it: JSON of any shape, read step by step without trusting it. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export type JsonObject = { readonly [name: string]: Json | undefined }
export type Resource = JsonObject & { readonly resourceType: string; readonly id?: string }

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isResource(value: Json | undefined): value is Resource {
  return isObject(value) && typeof value.resourceType === 'string'
}

/** The text of a resource as a value; undefined where it is no JSON object with a resourceType. */
export function resourceIn(text: string): Resource | undefined {
  const value = parsed(text)
  return isResource(value) ? value : undefined
}

/** The value of a JSON text, decimals that end in zeros as they were written; undefined where it is none. */
export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text, asWritten) as Json
  } catch {
    // Text that somebody is still typing; what is wrong with it is told by `readJson`.
    return undefined
  }
}

/** R4 datatypes.html#decimal: 5.90 is another statement than 5.9. Browsers without the source of a number give the number. */
function asWritten(_: string, value: Json, context?: { readonly source?: string }): Json {
  const source = context?.source
  return typeof value === 'number' && source !== undefined && source !== String(value) ? source : value
}

/** A list as it is, a single value as a list of one, nothing as none. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value as Json]
}

/** Text at a path of names, through the first of each list; undefined where there is none. */
export function textAt(value: Json | undefined, path: string): string | undefined {
  let at = value
  for (const name of path.split('.')) {
    const [first] = listOf(at)
    if (!isObject(first)) return undefined
    at = first[name]
  }
  const [first] = listOf(at)
  return typeof first === 'string' || typeof first === 'number' || typeof first === 'boolean'
    ? String(first)
    : undefined
}
