/** FHIR R4 §3.1.1.5.3 _include and _revinclude, one level: what the matches refer to, and what refers to them. */
import { type Queryable, sql } from '@xinglin/database'
import { indexOf, parametersOf, type ReferenceValue } from '@xinglin/fhir/search'
import { sourcesOf } from '../index/sources.ts'
import { type Space, saltOf, selfOf } from '../index/space.ts'
import type { Version } from '../records.ts'
import { type VersionRow, versionOf } from '../versions.ts'
import type { Include, SearchRequest } from './request.ts'

/** What one page may bring along; more is not an answer that anybody reads. */
const mostIncluded = 5_000

type Shown = { readonly space: Space; readonly timeZone: string }

/** Included versions, each once and none of the matches; empty where nothing was asked. */
export async function includedWith(
  from: Queryable,
  matches: readonly Version[],
  request: Pick<SearchRequest, 'includes' | 'revincludes'>,
  shown: Shown,
): Promise<readonly Version[]> {
  if (matches.length === 0) return []
  const found = await Promise.all([
    referredTo(from, matches, request.includes, shown),
    referring(from, matches, request.revincludes, shown),
  ])
  const known = new Set(matches.map(({ type, id }) => `${type}/${id}`))
  return found.flat().filter(({ type, id }) => {
    const name = `${type}/${id}`
    return !known.has(name) && known.add(name)
  })
}

async function referredTo(
  from: Queryable,
  matches: readonly Version[],
  includes: readonly Include[],
  { space, timeZone }: Shown,
): Promise<readonly Version[]> {
  const wanted = includes.filter(({ type }) => type === space.type)
  if (wanted.length === 0) return []
  const selves = new Set<bigint>()
  for (const match of matches) {
    const { references } = indexOf(JSON.parse(match.json), { timeZone })
    for (const { type, id } of references.filter((reference) =>
      wanted.some((each) => asksFor(each, reference)),
    )) {
      if (type !== undefined && id !== undefined) selves.add(selfOf(space.tenant, type, id))
    }
  }
  if (selves.size === 0) return []
  const rows = await from.query(sql<VersionRow>`
    select type::text as type, id, version, updated, deleted, content
    from records.current
    where self = any (${[...selves].map(String)}::bigint[]) and (tenant = ${space.tenant} and not deleted) is true
    order by current.type, current.key
    limit ${mostIncluded}`)
  return rows.map((row) => versionOf(row, timeZone))
}

function asksFor({ parameter, target }: Include, reference: ReferenceValue): boolean {
  const isParameter = parameter === '*' || parameter === reference.parameter
  return isParameter && (target === undefined || target === reference.type)
}

async function referring(
  from: Queryable,
  matches: readonly Version[],
  revincludes: readonly Include[],
  { space, timeZone }: Shown,
): Promise<readonly Version[]> {
  const selves = matches.map(({ type, id }) => selfOf(space.tenant, type, id))
  const found = await Promise.all(
    revincludes.map(async ({ type, parameter }) => {
      const referrers = { tenant: space.tenant, type }
      const sources = referenceParameters(type, parameter).flatMap((name) => sourcesOf(type, name))
      const terms = [...new Set(sources)].flatMap((source) => {
        const salt = saltOf(referrers, source)
        return selves.map((self) => String(self ^ salt))
      })
      const rows = await from.query(sql<VersionRow>`
        select type::text as type, id, version, updated, deleted, content
        from records.current
        where terms && ${terms}::bigint[] and 
          (tenant = ${space.tenant} and type = ${type}::records.resource_type and not deleted) is true
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
