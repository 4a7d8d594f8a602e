/**
 * R4's own code systems, value sets and concept maps (terminologies.html §4.1), one line each: what a terminology server
 * answers from, without narrative, publisher, identifiers and extensions.
 */
import type { DefinitionResource } from './tables.ts'

const kept = {
  CodeSystem: [
    ...['resourceType', 'id', 'url', 'version', 'name', 'title', 'status', 'description', 'caseSensitive'],
    ...[
      'valueSet',
      'hierarchyMeaning',
      'compositional',
      'content',
      'supplements',
      'filter',
      'property',
      'concept',
    ],
  ],
  ValueSet: ['resourceType', 'id', 'url', 'version', 'name', 'title', 'status', 'description', 'compose'],
  ConceptMap: [
    ...['resourceType', 'id', 'url', 'version', 'name', 'title', 'status', 'description'],
    ...['sourceUri', 'sourceCanonical', 'targetUri', 'targetCanonical', 'group'],
  ],
} as const
type Kind = keyof typeof kept

/** The resources of each kind by their url, in the order of the definitions; the first of a url stays. */
export function terminologyTables(
  definitions: readonly DefinitionResource[],
): Readonly<Record<'codeSystems' | 'valueSets' | 'conceptMaps', Readonly<Record<string, unknown>>>> {
  return {
    codeSystems: tableOf('CodeSystem', definitions),
    valueSets: tableOf('ValueSet', definitions),
    conceptMaps: tableOf('ConceptMap', definitions),
  }
}

function tableOf(kind: Kind, definitions: readonly DefinitionResource[]): Readonly<Record<string, unknown>> {
  const table = new Map<string, unknown>()
  for (const definition of definitions) {
    const { url } = definition
    if (definition.resourceType !== kind || typeof url !== 'string' || table.has(url)) continue
    const pairs = kept[kind].flatMap((name) => (name in definition ? [[name, plain(definition[name])]] : []))
    table.set(url, Object.fromEntries(pairs))
  }
  return Object.fromEntries(table)
}

/** Without extensions, element ids and the siblings of primitives that would carry them. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'extension' && name !== 'id' && !name.startsWith('_'))
      .map(([name, each]) => [name, plain(each)]),
  )
}
