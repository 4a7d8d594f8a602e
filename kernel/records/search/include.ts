/** FHIR R4 §3.1.1.5.3 _include and _revinclude: what the matches refer to, what refers to them, and with :iterate what that brings along. */
import { type Queryable, sql } from '@xinglin/database'
import { type ResourceType, tooCostly } from '@xinglin/fhir'
import { indexOf, isResourceType, parametersOf, type ReferenceValue } from '@xinglin/fhir/search'
import { heldTypes } from '../held-types.ts'
import { sourcesOf } from '../index/sources.ts'
import { type Space, saltOf, selfOf } from '../index/space.ts'
import type { OwnOfTenant } from '../parameters/own-parameters.ts'
import type { SearchRights, Version } from '../records.ts'
import { type VersionRow, versionOf } from '../versions.ts'
import type { Include, SearchRequest } from './request.ts'
import { seenOfAll } from './row-filter-sql.ts'

/** What one page may bring along; more is not an answer that anybody reads. */
export const mostIncluded = 5_000

/** Steps of :iterate; a part-of chain of wards is five deep, a circle ends by itself. */
export const mostRounds = 10

/** References of a page that are looked back along at once: each is a look into the index of terms (some 10 µs). */
const mostTerms = 20_000

type Shown = {
  readonly space: Space
  readonly timeZone: string
  readonly own: OwnOfTenant
  readonly by?: SearchRights
}
type Asked = Pick<SearchRequest, 'includes' | 'revincludes'>

/** Included versions, each once and none of the matches; empty where nothing was asked. Throws `tooCostly` for more than a page may bring. */
export async function includedWith(
  from: Queryable,
  matches: readonly Version[],
  asked: Asked,
  shown: Shown,
): Promise<readonly Version[]> {
  const known = new Set(matches.map(nameOf))
  const included: Version[] = []
  let frontier = matches
  let next = asked
  for (let round = 0; round < mostRounds && frontier.length > 0; round += 1) {
    const found = await Promise.all([
      referredTo(from, frontier, next.includes, shown),
      referring(from, frontier, next.revincludes, shown),
    ])
    frontier = found.flat().filter((version) => {
      const name = nameOf(version)
      return !known.has(name) && known.add(name)
    })
    included.push(...frontier)
    if (included.length > mostIncluded) throw tooMany()
    next = iteratedOf(asked)
  }
  return included
}

/** Half of what belongs to an answer would look like the whole. */
function tooMany() {
  return tooCostly(
    `the page would bring along more than ${mostIncluded} resources; ask for fewer by _count, or name what to include`,
    { code: 'records.include-too-many', at: '_include' },
  )
}

function nameOf({ type, id }: Version): string {
  return `${type}/${id}`
}

/** What is asked of included resources too. */
export function iteratedOf({ includes, revincludes }: Asked): Asked {
  const isIterated = (include: Include) => include.isIterated
  return { includes: includes.filter(isIterated), revincludes: revincludes.filter(isIterated) }
}

async function referredTo(
  from: Queryable,
  versions: readonly Version[],
  includes: readonly Include[],
  { space, timeZone, own, by }: Shown,
): Promise<readonly Version[]> {
  const selves = new Set<bigint>()
  const types = new Set<ResourceType>()
  for (const version of versions) {
    const wanted = includes.filter(({ type }) => type === '*' || type === version.type)
    if (wanted.length === 0) continue
    const { references } = indexOf(JSON.parse(version.json), { timeZone, own: own.extractorOf(version.type) })
    for (const { type, id } of references.filter((reference) =>
      wanted.some((each) => asksFor(each, reference)),
    )) {
      if (type === undefined || id === undefined || !isResourceType(type)) continue
      selves.add(selfOf(space.tenant, type, id))
      types.add(type)
    }
  }
  if (selves.size === 0) return []
  const seeing = { tenant: space.tenant, timeZone, by }
  const rows = await from.query(sql<VersionRow>`
    select type::text as type, id, version, updated, deleted, content
    from records.current
    where self = any (${[...selves].map(String)}::bigint[]) and (tenant = ${space.tenant} and not deleted) is true${seenOfAll(seeing, sql.id('current'), [...types])}
    order by current.type, current.key
    limit ${mostIncluded + 1}`)
  return rows.map((row) => versionOf(row, timeZone))
}

/** Whether an include brings along what this reference points to. */
export function asksFor({ parameter, target }: Include, reference: ReferenceValue): boolean {
  const isParameter = parameter === '*' || parameter === reference.parameter
  return isParameter && (target === undefined || target === reference.type)
}

async function referring(
  from: Queryable,
  versions: readonly Version[],
  revincludes: readonly Include[],
  shown: Shown,
): Promise<readonly Version[]> {
  const found = await Promise.all(
    revincludes.map(async (include) => {
      const types = include.type === '*' ? await walkedTypes(from, shown) : [include.type]
      return referrers(from, versions, { include, types, shown })
    }),
  )
  return found.flat()
}

/** For `*`: every type that is held and may be searched. */
async function walkedTypes(from: Queryable, { space, by }: Shown): Promise<readonly ResourceType[]> {
  const held = await heldTypes(from, space.tenant)
  return held.filter((type) => by?.mayWalk(type) ?? true)
}

type Back = { readonly include: Include; readonly types: readonly ResourceType[]; readonly shown: Shown }

async function referrers(
  from: Queryable,
  versions: readonly Version[],
  back: Back,
): Promise<readonly Version[]> {
  const { types, shown } = back
  const { tenant } = shown.space
  const terms = termsBack(versions, back)
  if (terms.length === 0) return []
  if (terms.length > mostTerms) throw tooMany()
  const seen = seenOfAll({ ...shown, tenant }, sql.id('current'), types)
  // `+ 0` hides the order from the index of keys, as in `compartment.ts`.
  const rows = await from.query(sql<VersionRow>`
    select type::text as type, id, version, updated, deleted, content
    from records.current
    where terms && ${terms}::bigint[]
      and (tenant = ${tenant} and type = any (${types}::records.resource_type[]) and not deleted) is true${seen}
    order by current.key + 0
    limit ${mostIncluded + 1}`)
  return rows.map((row) => versionOf(row, shown.timeZone))
}

/** What the index of terms has for references to these resources. */
function termsBack(versions: readonly Version[], { include, types, shown }: Back): readonly string[] {
  const { tenant } = shown.space
  const { parameter, target } = include
  const targets = versions.filter((version) => target === undefined || version.type === target)
  const terms = new Set<string>()
  for (const type of types) {
    for (const { name, isTo } of references(type, parameter, shown)) {
      const salts = sourcesOf(type, name).map((source) => saltOf({ tenant, type }, source))
      for (const version of targets) {
        if (!isTo(version.type)) continue
        const self = selfOf(tenant, version.type, version.id)
        for (const salt of salts) terms.add(String(self ^ salt))
      }
    }
  }
  return [...terms]
}

type Way = { readonly name: string; readonly isTo: (type: ResourceType) => boolean }

/** The parameter that was named, or all that refer to a type, the institution's own among them. */
function references(type: ResourceType, parameter: string, { own }: Shown): readonly Way[] {
  if (parameter !== '*') return [{ name: parameter, isTo: () => true }]
  const owned = own.all.flatMap(({ types, definition }) =>
    definition && types.includes(type) ? [definition] : [],
  )
  return [...parametersOf(type).values(), ...owned]
    .filter(({ kind }) => kind === 'reference')
    .map(({ name, targets }) => ({
      name,
      isTo: (to) => targets.length === 0 || targets.includes(to),
    }))
}
