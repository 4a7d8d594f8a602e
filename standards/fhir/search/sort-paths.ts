/**
 * FHIR R4 §3.1.1.5.2: where in its JSON a resource has the texts that a code, reference or uri is sorted by, as SQL/JSON
 * paths (ISO 9075-2, lax). A code is sorted by the code alone, an identifier by its value, a reference as it is written.
 */
import type { SearchParameterDefinition } from './definitions.ts'
import { type Path, parseExpression } from './expression.ts'
import { type Filter, type ResolvedPath, resolvePath } from './resolve.ts'

/** Paths to the texts; undefined for a parameter that has none: composites, places, and expressions that are no paths. */
export function sortPathsOf(
  type: string,
  { kind, expression }: Pick<SearchParameterDefinition, 'kind' | 'expression'>,
): readonly string[] | undefined {
  if (kind !== 'token' && kind !== 'reference' && kind !== 'uri') return undefined
  const found = parseExpression(expression)?.flatMap((path) =>
    path.isTruth ? [truthOf(path, type)] : resolvePath(path, type).flatMap((way) => textOf(kind, way) ?? []),
  )
  return found?.length ? [...new Set(found)] : undefined
}

const ends: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  token: {
    CodeableConcept: '."coding"."code"',
    Coding: '."code"',
    Identifier: '."value"',
    ContactPoint: '."value"',
    ...plain('boolean', 'code', 'string', 'id', 'uri', 'canonical', 'integer', 'positiveInt'),
  },
  // What is contained has no address of its own.
  reference: {
    Reference: '."reference" ? (!(@ starts with "#"))',
    // The first resource of a document or message.
    Resource: '."id"',
    ...plain('canonical', 'uri', 'url'),
  },
  uri: plain('uri', 'url', 'canonical', 'oid', 'uuid'),
}

function plain(...types: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(types.map((type) => [type, '']))
}

function textOf(kind: string, { segments, type }: ResolvedPath): string | undefined {
  const end = ends[kind]?.[type]
  if (end === undefined) return undefined
  const steps = segments.map(
    ({ property, filter }) => `.${JSON.stringify(property)}${filter ? filterText(filter) : ''}`,
  )
  return `$${steps.join('')}${end}`
}

function filterText(filter: Filter): string {
  switch (filter.kind) {
    case 'index':
      return `[${filter.index}]`
    case 'equals':
      return ` ? (@.${JSON.stringify(filter.name)} == ${JSON.stringify(filter.value)})`
    case 'resolvesTo':
      return ` ? (@."reference" like_regex "(^|/)${filter.type}/" || @."type" == "${filter.type}")`
  }
}

/** `Patient.deceased.exists() and Patient.deceased != false`, of each choice that the element has. */
function truthOf(path: Path, type: string): string {
  const choices = resolvePath(path, type).map(({ segments, type: end }) => {
    const property = `$.${JSON.stringify(segments[0]?.property ?? '')}`
    return end === 'boolean' ? `${property} == true` : `exists(${property})`
  })
  return choices.join(' || ')
}
