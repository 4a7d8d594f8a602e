/** FHIR R4 §3.1.1.5.3 _include and _revinclude: what the matches refer to, what refers to them, and with :iterate what that brings along. */
import { type Queryable, sql } from '@xinglin/database'
import type { ResourceType } from '@xinglin/fhir'
import { indexOf, isResourceType, parametersOf, type ReferenceValue } from '@xinglin/fhir/search'
import { sourcesOf } from '../index/sources.ts'
import { type Space, saltOf, selfOf } from '../index/space.ts'
import type { SearchRights, Version } from '../records.ts'
import { type VersionRow, versionOf } from '../versions.ts'
import type { Include, SearchRequest } from './request.ts'
import { seenOf, seenOfAll } from './row-filter-sql.ts'

/** What one page may bring along; more is not an answer that anybody reads. */
export const mostIncluded = 5_000

/** Steps of :iterate; a part-of chain of wards is five deep, a circle ends by itself. */
export const mostRounds = 10

type Shown = { readonly space: Space; readonly timeZone: string; readonly by?: SearchRights }
type Asked = Pick<SearchRequest, 'includes' | 'revincludes'>

/** Included versions, each once and none of the matches; empty where nothing was asked. */
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
    next = iteratedOf(asked)
    if (included.length >= mostIncluded) break
  }
  return included
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
  { space, timeZone, by }: Shown,
): Promise<readonly Version[]> {
  const selves = new Set<bigint>()
  const types = new Set<ResourceType>()
  for (const version of versions) {
    const wanted = includes.filter(({ type }) => type === version.type)
    if (wanted.length === 0) continue
    const { references } = indexOf(JSON.parse(version.json), { timeZone })
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
    limit ${mostIncluded}`)
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
  { space, timeZone, by }: Shown,
): Promise<readonly Version[]> {
  const found = await Promise.all(
    revincludes.map(async ({ type, parameter, target }) => {
      const referrers = { tenant: space.tenant, type }
      const targets = versions.filter((version) => target === undefined || version.type === target)
      const selves = targets.map((version) => selfOf(space.tenant, version.type, version.id))
      const sources = referenceParameters(type, parameter).flatMap((name) => sourcesOf(type, name))
      const terms = [...new Set(sources)].flatMap((source) => {
        const salt = saltOf(referrers, source)
        return selves.map((self) => String(self ^ salt))
      })
      if (terms.length === 0) return []
      const rows = await from.query(sql<VersionRow>`
        select type::text as type, id, version, updated, deleted, content
        from records.current
        where terms && ${terms}::bigint[] and (tenant = ${space.tenant} and type = ${type}::records.resource_type and not deleted) is true${seenOf(
          { tenant: space.tenant, timeZone, by },
          { alias: sql.id('current'), type },
        )}
        order by current.key
        limit ${mostIncluded}`)
      return rows.map((row) => versionOf(row, timeZone))
    }),
  )
  return found.flat()
}

function referenceParameters(type: string, parameter: string): readonly string[] {
  if (parameter !== '*') return [parameter]
  return [...parametersOf(type).values()].filter(({ kind }) => kind === 'reference').map(({ name }) => name)
}
