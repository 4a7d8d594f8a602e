/**
 * R4 valueset.html §4.9.5 (ValueSet.compose): what a value set chooses, as one rule for each code system. Includes are united,
 * the parts of one include are met together, excludes are taken away.
 */
import type { TenantId } from '@xinglin/events'
import type {
  ValueSet,
  ValueSetComposeInclude,
  ValueSetComposeIncludeConcept,
  ValueSetExpansionContains,
} from '@xinglin/fhir'
import type { CodeSource, Header } from '../concepts/concept.ts'
import { conceptOf } from '../concepts/flatten.ts'
import { memorySource } from '../concepts/memory-source.ts'
import { all, and, none, not, or, type Rule, ruleOf } from '../concepts/rules.ts'
import { circular, unknownSystem, unknownValueSet } from '../failures.ts'
import { type Canonical, canonicalOf, canonicalText } from '../find/canonical.ts'
import type { Library } from '../find/library.ts'
import type { Sources } from '../find/sources.ts'

/** The codes of one code system that a value set chooses. */
export type Part = {
  readonly system: string
  readonly source: CodeSource
  readonly rule: Rule
  /** Displays and designations that the value set itself gives. */
  readonly listed: ReadonlyMap<string, ValueSetComposeIncludeConcept>
}
export type Composed = {
  readonly valueSet: ValueSet
  readonly parts: readonly Part[]
  /** §4.9.5 compose.inactive: inactive codes belong to it. */
  readonly hasInactive: boolean
}

/** R4 expand §4.9.18: which version of a system is meant where a value set names none, or whatever it names. */
export type SystemVersions = {
  readonly usual: ReadonlyMap<string, string>
  readonly forced: ReadonlyMap<string, string>
}
export type ComposeNeeds = {
  readonly library: Library
  readonly sources: Sources
  readonly tenant: TenantId
  readonly versions?: SystemVersions
}

type Parts = ReadonlyMap<string, Part>

/** Throws where a system or an imported value set is not known, or where value sets include one another in a circle. */
export async function compose(needs: ComposeNeeds, valueSet: ValueSet): Promise<Composed> {
  const parts = await partsOf(needs, valueSet, [])
  return { valueSet, parts: [...parts.values()], hasInactive: valueSet.compose?.inactive !== false }
}

async function partsOf(needs: ComposeNeeds, valueSet: ValueSet, within: readonly string[]): Promise<Parts> {
  const url = canonicalText({ url: valueSet.url ?? '', version: valueSet.version })
  if (url !== '' && within.includes(url)) throw circular(url)
  const { compose: composed, expansion } = valueSet
  if (!composed) return expansion ? partsOfExpansion(expansion.contains ?? []) : new Map()
  const chosen = (list: readonly ValueSetComposeInclude[]) =>
    allInOrder(list.map((each) => partsOfInclude(needs, each, [...within, url])))
  const included = united(await chosen(composed.include))
  const excluded = [...united(await chosen(composed.exclude ?? [])).values()]
  return new Map(
    [...included].map(([key, part]) => {
      // Whatever version an exclude means: its codes are not wanted of that system.
      const away = excluded.filter(({ system }) => system === part.system).map(({ rule }) => rule)
      return [key, away.length > 0 ? { ...part, rule: and(part.rule, not(or(...away))) } : part]
    }),
  )
}

async function partsOfInclude(
  needs: ComposeNeeds,
  include: ValueSetComposeInclude,
  within: readonly string[],
): Promise<Parts> {
  const imported = await allInOrder(
    (include.valueSet ?? []).map((each) => importedParts(needs, each, within)),
  )
  if (include.system === undefined) return met(imported)
  const own = await partOfSystem(needs, include, include.system)
  const key = keyOf(own)
  const narrowed = imported.map((parts) => parts.get(key)?.rule ?? none)
  return new Map([[key, { ...own, rule: and(own.rule, ...narrowed) }]])
}

async function importedParts(needs: ComposeNeeds, url: string, within: readonly string[]): Promise<Parts> {
  const found = await needs.library.byUrl(needs.tenant, 'ValueSet', canonicalOf(url))
  if (!found) throw unknownValueSet(url)
  return partsOf(needs, found.resource, within)
}

async function partOfSystem(
  needs: ComposeNeeds,
  include: ValueSetComposeInclude,
  system: string,
): Promise<Part> {
  const { concept = [], filter = [] } = include
  const canonical = versionOf(needs.versions, { url: system, version: include.version })
  const found = await needs.sources.byUrl(needs.tenant, canonical)
  // Codes that are written out can be answered without their system, as R4 lets systems be used that are not held.
  if (!found && concept.length === 0) throw unknownSystem(canonicalText(canonical))
  const listed: Rule = concept.length === 0 ? all : { kind: 'codes', codes: concept.map(({ code }) => code) }
  // A list of a system that is held in part stands for itself.
  const isWhole = found !== undefined && (found.isComplete || concept.length === 0)
  return {
    system,
    source: isWhole ? found : await listedSource(canonical, concept, found),
    rule: and(listed, ...filter.map(ruleOf)),
    listed: new Map(concept.map((each) => [each.code, each])),
  }
}

function versionOf(versions: SystemVersions | undefined, { url, version }: Canonical): Canonical {
  const wanted = versions?.forced.get(url) ?? version ?? versions?.usual.get(url)
  return wanted === undefined ? { url } : { url, version: wanted }
}

/** Codes as a value set lists them, with what is known of them in their system. */
async function listedSource(
  { url, version }: Canonical,
  listed: readonly ValueSetComposeIncludeConcept[],
  system?: CodeSource,
): Promise<CodeSource> {
  const known = await system?.find(listed.map(({ code }) => code))
  const concepts = listed.map((each) => known?.get(each.code) ?? conceptOf(each, []))
  return memorySource(headerOf({ url, version: system?.header.version ?? version }), concepts, {
    isComplete: false,
  })
}

function headerOf({ url, version }: Canonical): Header {
  return {
    resourceType: 'CodeSystem',
    status: 'unknown',
    content: 'fragment',
    url,
    ...(version === undefined ? {} : { version }),
  }
}

/** A value set that only carries an expansion is what it lists. */
function partsOfExpansion(contains: readonly ValueSetExpansionContains[]): Parts {
  const flat = contains.flatMap(function flatten(each): readonly ValueSetExpansionContains[] {
    return [each, ...(each.contains ?? []).flatMap(flatten)]
  })
  const groups = Map.groupBy(
    flat.filter(({ system, code, abstract }) => system && code && !abstract),
    ({ system = '', version = '' }) => `${system}|${version}`,
  )
  return united([...groups.values()].map(partsOfGroup))
}

function partsOfGroup(group: readonly ValueSetExpansionContains[]): Parts {
  const [{ system = '', version } = {}] = group
  const listed = group.map(({ code = '', display, designation }) => ({ code, display, designation }))
  const concepts = listed.map((each) => conceptOf(each, []))
  const part: Part = {
    system,
    source: memorySource(headerOf({ url: system, version }), concepts, { isComplete: false }),
    rule: { kind: 'codes', codes: listed.map(({ code }) => code) },
    listed: new Map(listed.map((each) => [each.code, each])),
  }
  return new Map([[keyOf(part), part]])
}

function keyOf({ system, source }: Part): string {
  return `${system}|${source.header.version ?? ''}`
}

function united(all: readonly Parts[]): Parts {
  const sum = new Map<string, Part>()
  for (const parts of all) {
    for (const [key, part] of parts) {
      const before = sum.get(key)
      sum.set(key, before ? unionOf(before, part) : part)
    }
  }
  return sum
}

/** Two lists of a system that is not held here become one list. */
function unionOf(a: Part, b: Part): Part {
  const isListed = !a.source.isComplete && a.source !== b.source
  const listed = new Map([...a.listed, ...b.listed])
  const concepts = [...listed.values()].map((each) => conceptOf(each, []))
  const source = isListed ? memorySource(a.source.header, concepts, { isComplete: false }) : a.source
  return { ...a, source, listed, rule: or(a.rule, b.rule) }
}

/** What stands in all of them. */
function met(all: readonly Parts[]): Parts {
  const [first = new Map<string, Part>(), ...others] = all
  return new Map(
    [...first].map(([key, part]) => [
      key,
      { ...part, rule: and(part.rule, ...others.map((each) => each.get(key)?.rule ?? none)) },
    ]),
  )
}

/** At the same time; of several refusals always the first, so that a value set that cannot be answered always says the same. */
async function allInOrder<Item>(working: readonly Promise<Item>[]): Promise<readonly Item[]> {
  const settled = await Promise.allSettled(working)
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason
    return each.value
  })
}
