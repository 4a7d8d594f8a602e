/**
 * FHIR R4 §4.9.8 ValueSet.compose: the codes of a value set that can be listed from definitions alone: codes that are named,
 * whole code systems that are complete, and value sets of these. Undefined for filters, for systems that are not at hand,
 * and beyond `mostCodes`: such sets belong to a terminology.
 */
import { valueSets as base } from '../generated/value-sets.js'

type Json = { readonly [name: string]: unknown }

/** ValueSets and CodeSystems by canonical, with or without version. */
export type Vocabulary = {
  readonly valueSet: (canonical: string) => unknown
  readonly codeSystem: (canonical: string) => unknown
}

/** A set of more codes is asked for, not listed: 10,000 keys take about 2 MB. */
const mostCodes = 10_000
/** Value sets that import one another; a circle ends here. */
const deepestImport = 8

/** Codes written `system|code`. */
export function listValueSet(
  canonical: string,
  vocabulary: Vocabulary,
  depth = 0,
): ReadonlySet<string> | undefined {
  if (depth > deepestImport) return undefined
  const compose = property(vocabulary.valueSet(canonical), 'compose')
  if (!isJson(compose)) return baseSet(canonical)
  const included = listed(compose.include).map((each) => codesOfInclude(each, vocabulary, depth))
  const excluded = listed(compose.exclude).map((each) => codesOfInclude(each, vocabulary, depth))
  if (included.length === 0 || included.includes(undefined) || excluded.includes(undefined)) return undefined
  const gone = new Set(excluded.flatMap((keys) => [...(keys ?? [])]))
  const keys = new Set(included.flatMap((each) => [...(each ?? [])]).filter((key) => !gone.has(key)))
  return keys.size > mostCodes ? undefined : keys
}

/** The canonicals of value sets and code systems that a ValueSet is made of. */
export function partsOfValueSet(valueSet: unknown): {
  valueSets: readonly string[]
  codeSystems: readonly string[]
} {
  const compose = property(valueSet, 'compose')
  const parts = isJson(compose) ? [...listed(compose.include), ...listed(compose.exclude)] : []
  return {
    valueSets: parts.flatMap(({ valueSet: named }) => (Array.isArray(named) ? named.filter(isText) : [])),
    codeSystems: parts.flatMap(({ system, concept, filter }) =>
      isText(system) && concept === undefined && filter === undefined ? [system] : [],
    ),
  }
}

function codesOfInclude(
  include: Json,
  vocabulary: Vocabulary,
  depth: number,
): ReadonlySet<string> | undefined {
  if (include.filter !== undefined) return undefined
  const sets = (Array.isArray(include.valueSet) ? include.valueSet : [])
    .filter(isText)
    .map((each) => listValueSet(each, vocabulary, depth + 1))
  if (sets.includes(undefined)) return undefined
  const own = isText(include.system) ? codesOfSystem(include.system, include, vocabulary) : undefined
  if (isText(include.system) && own === undefined) return undefined
  // §4.9.8.1: what is named together must hold together.
  const all = [...sets, own].filter((keys) => keys !== undefined)
  const [first, ...others] = all
  return first && new Set([...first].filter((key) => others.every((keys) => keys.has(key))))
}

function codesOfSystem(
  system: string,
  include: Json,
  vocabulary: Vocabulary,
): ReadonlySet<string> | undefined {
  if (include.concept !== undefined) {
    return new Set(listed(include.concept).map(({ code }) => `${system}|${String(code)}`))
  }
  const definition = vocabulary.codeSystem(system)
  if (!isJson(definition) || definition.content !== 'complete') return undefined
  return new Set(allCodes(definition.concept).map((code) => `${system}|${code}`))
}

function allCodes(concepts: unknown): readonly string[] {
  return listed(concepts).flatMap(({ code, concept }) => [String(code), ...allCodes(concept)])
}

function baseSet(canonical: string): ReadonlySet<string> | undefined {
  const codes = base[canonical.split('|')[0] ?? canonical]
  if (!codes) return undefined
  return new Set(Object.entries(codes).flatMap(([system, list]) => list.map((code) => `${system}|${code}`)))
}

function property(value: unknown, name: string): unknown {
  return isJson(value) ? value[name] : undefined
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listed(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : []
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
