/** Required value sets written out: `{ system: codes }`; those that are too large or open (languages, MIME types) are left out. */
import type { DefinitionResource } from './tables.ts'

type Concept = { readonly code: string; readonly concept?: readonly Concept[] }
type Include = {
  readonly system?: string
  readonly concept?: readonly Concept[]
  readonly filter?: readonly unknown[]
  readonly valueSet?: readonly string[]
}
type Codes = Readonly<Record<string, readonly string[]>>

/** More codes than this and a table is no longer small: it belongs to terminology. */
const largestSet = 700

/** The value sets named in `urls` that can be written out in full, by url. */
export function requiredValueSets(
  definitions: readonly DefinitionResource[],
  urls: readonly string[],
): Readonly<Record<string, Codes>> {
  const valueSets = new Map(
    definitions.filter((each) => each.resourceType === 'ValueSet').map((each) => [each.url, each]),
  )
  const systems = new Map(
    definitions
      .filter((each) => each.resourceType === 'CodeSystem')
      .map((each) => [String(each.url), codesOf(each)]),
  )
  const tables: Record<string, Codes> = {}
  for (const url of urls) {
    const codes = expand(url, { valueSets, systems })
    if (codes && count(codes) <= largestSet) tables[url] = codes
  }
  return tables
}

type Known = {
  readonly valueSets: ReadonlyMap<unknown, DefinitionResource>
  readonly systems: ReadonlyMap<string, readonly string[]>
}

function expand(url: string, known: Known): Codes | undefined {
  const compose = known.valueSets.get(url)?.compose as
    | { readonly include?: readonly Include[]; readonly exclude?: readonly Include[] }
    | undefined
  if (!compose?.include || compose.exclude) return undefined
  return mergeAll(compose.include.map((include) => included(include, known)))
}

function included(include: Include, known: Known): Codes | undefined {
  if (include.filter) return undefined
  if (include.valueSet && !include.system) {
    return mergeAll(include.valueSet.map((url) => expand(url.split('|')[0] ?? url, known)))
  }
  if (!include.system) return undefined
  if (include.concept) return { [include.system]: include.concept.map((concept) => concept.code) }
  const codes = known.systems.get(include.system)
  return codes && codes.length > 0 ? { [include.system]: codes } : undefined
}

function codesOf(system: DefinitionResource): readonly string[] {
  if (system.content !== 'complete') return []
  const all = (concepts: readonly Concept[]): string[] =>
    concepts.flatMap((concept) => [concept.code, ...all(concept.concept ?? [])])
  return all((system.concept as readonly Concept[] | undefined) ?? [])
}

/** All or nothing: a value set with one part missing is not written out. */
function mergeAll(parts: readonly (Codes | undefined)[]): Codes | undefined {
  const known = parts.filter((part) => part !== undefined)
  return known.length === parts.length ? merge(known) : undefined
}

function merge(parts: readonly Codes[]): Codes {
  const merged: Record<string, string[]> = {}
  for (const part of parts) {
    for (const [system, codes] of Object.entries(part))
      merged[system] = [...new Set([...(merged[system] ?? []), ...codes])]
  }
  return merged
}

function count(codes: Codes): number {
  return Object.values(codes).reduce((sum, list) => sum + list.length, 0)
}
