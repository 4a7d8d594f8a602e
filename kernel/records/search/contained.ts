/**
 * FHIR R4 §3.1.1.5.5 `_contained`: a search among the resources that others contain. The terms of the containers lead to
 * candidates, newest first; each is read, and a contained resource is found where all parameters hold for it. Cost grows with
 * the candidates of the page, 5,000 at most.
 */
import { type Sql, sql } from '@xinglin/database'
import {
  invalid,
  parseWithDecimals,
  type ResourceType,
  stringifyWithDecimals,
  tooCostly,
} from '@xinglin/fhir'
import { indexOf, type ParameterQuery, parameterOf } from '@xinglin/fhir/search'
import { containedOf, containedSpace, containsTerm } from '../index/contained.ts'
import { wholeNamesOf } from '../index/names.ts'
import { sourcesOf } from '../index/sources.ts'
import { codeTerm, referenceTerm, type Space, selfOf, urlTerm } from '../index/space.ts'
import { keyOfPlace } from '../page-place.ts'
import { numberIn, tokenOf, valuesOf } from '../page-token.ts'
import type { OwnOfTenant } from '../parameters/own-parameters.ts'
import type { Page, Version } from '../records.ts'
import { type VersionRow, versionOf } from '../versions.ts'
import { matches } from './naive-search.ts'
import type { SearchRequest } from './request.ts'
import { seenOfAll } from './row-filter-sql.ts'
import type { SearchNeeds } from './search.ts'
import { isAnywhere } from './within.ts'

/** Containers read at once: some 0.1 ms each. */
const batchRows = 200
/** Containers read for one page. */
const mostRead = 5_000
/** What tells the place of a page among the contained from one among the others. */
const mark = '~'

type TypedSpace = Space & { readonly type: ResourceType }
export type ContainedAsked = {
  readonly request: SearchRequest
  readonly space: TypedSpace
  readonly own: OwnOfTenant
}
/** A contained resource with its container; `place` is where a page goes on after it. */
type Found = { readonly container: Version; readonly contained: Version; readonly place: string }

export type ContainedPage = Pick<Page, 'matches' | 'total'> & { readonly place?: string }

/** Whether a page goes on among the contained. */
export function isContainedPlace(page: string | undefined): boolean {
  return page?.startsWith(mark) ?? false
}

/** The place before the first of them. */
export const firstContained = mark

/** Refuses what is not asked of contained resources: they have no address that others refer to, and no order. */
export function refuseOfContained({ conditions, sort, includes, revincludes }: SearchRequest): void {
  const isFar = (query: ParameterQuery) =>
    isAnywhere(query, ({ kind }) => ['chain', 'has', 'words', 'compartment'].includes(kind))
  const refused = [
    conditions.find(isFar)?.parameter,
    sort.length > 0 ? '_sort' : undefined,
    includes.length > 0 ? '_include' : undefined,
    revincludes.length > 0 ? '_revinclude' : undefined,
  ].find((name) => name !== undefined)
  if (refused === undefined) return
  throw invalid(`${refused} is not asked of contained resources; leave it or _contained out`, {
    code: 'records.not-of-contained',
    at: refused,
  })
}

/** Up to `count` matches from a place on; the total where it was asked. */
export async function searchContained(
  needs: SearchNeeds,
  asked: ContainedAsked,
  { count, page }: { readonly count: number; readonly page: string | undefined },
): Promise<ContainedPage> {
  const { request } = asked
  const isCounted = request.isTotalAsked || request.isCountOnly || request.isEstimateAsked
  const isContainer = request.containedType === 'container'
  const all = isCounted
    ? await foundFrom(needs, asked, { after: undefined, most: Number.POSITIVE_INFINITY })
    : undefined
  const total = all && {
    total: isContainer ? new Set(all.map(({ container }) => nameOf(container))).size : all.length,
  }
  if (count <= 0) return { matches: [], ...total }
  const after = page === undefined || page === mark ? undefined : await placeIn(needs, asked, page)
  const found = await foundFrom(needs, asked, { after, most: count + 1 })
  const shown = found.slice(0, count)
  const place = found.length > count ? shown.at(-1)?.place : undefined
  return {
    matches: shown.map(({ container, contained }) => (isContainer ? container : contained)),
    ...total,
    ...(place === undefined ? {} : { place }),
  }
}

type Place = { readonly key: string; readonly index: number }

async function placeIn(
  { queryable, runtime, by }: SearchNeeds,
  { space: { tenant } }: ContainedAsked,
  page: string,
): Promise<Place> {
  const [self, index] = valuesOf(page.slice(mark.length), 2)
  const seen = seenOfAll({ tenant, timeZone: runtime.timeZone, by }, sql.id('current'))
  return { key: await keyOfPlace(queryable, { tenant, seen }, self), index: Number(numberIn(index)) }
}

type Stretch = { readonly after: Place | undefined; readonly most: number }

async function foundFrom(
  needs: SearchNeeds,
  asked: ContainedAsked,
  { after, most }: Stretch,
): Promise<readonly Found[]> {
  const found: Found[] = []
  let read = 0
  let below = after
  while (found.length < most) {
    const rows = await candidates(needs, asked, below)
    read += rows.length
    for (const row of rows) found.push(...foundIn(row, needs, asked, below))
    const last = rows.at(-1)
    if (rows.length < batchRows || !last) break
    if (read >= mostRead) throw tooManyRead()
    below = { key: last.key, index: Number.MAX_SAFE_INTEGER }
  }
  return found.slice(0, Number.isFinite(most) ? most : undefined)
}

function tooManyRead() {
  return tooCostly(
    `contained resources are looked for in at most ${mostRead} others at once; name a code or a reference beside it`,
    { code: 'records.contained-too-many', at: '_contained' },
  )
}

type CandidateRow = VersionRow & { readonly key: string; readonly self: string }

async function candidates(
  { queryable, runtime, by }: SearchNeeds,
  { request, space }: ContainedAsked,
  below: Place | undefined,
): Promise<readonly CandidateRow[]> {
  const { tenant } = space
  const alias = sql.id('current')
  const led = request.conditions.flatMap((query) => {
    const terms = leadingTerms(query, space)
    return terms ? [sql` and terms && ${terms.map(String)}::bigint[]`] : []
  })
  const isHere = sql`(tenant = ${tenant} and not deleted) is true`
  const start: Sql = below ? sql` and key <= ${below.key}::bigint` : sql``
  const seen = seenOfAll({ tenant, timeZone: runtime.timeZone, by }, alias)
  const rows = await queryable.query(sql<CandidateRow>`
    select type::text as type, id, version, updated, deleted, content, key::text as key, self::text as self
    from records.current
    where terms @> ${[String(containsTerm(space))]}::bigint[]${sql.join(led, sql``)} and ${isHere}${start}${seen}
    order by current.key desc
    limit ${batchRows}`)
  return rows
}

/** Terms of which a container has one where what it contains can match; undefined where they do not tell. */
function leadingTerms(query: ParameterQuery, { tenant, type }: TypedSpace): readonly bigint[] | undefined {
  if (!parameterOf(type, query.parameter) || query.parameter.startsWith('_')) return undefined
  const space = containedSpace({ tenant, type })
  const sources = sourcesOf(type, query.parameter)
  const of = (make: (source: string) => readonly (bigint | undefined)[]) => {
    const terms = sources.flatMap(make)
    return terms.every((term) => term !== undefined) ? terms : undefined
  }
  switch (query.kind) {
    case 'token':
      if (query.modifier !== undefined) return undefined
      return of((source) =>
        query.values.map(({ code }) => (code === undefined ? undefined : codeTerm(space, source, code))),
      )
    case 'reference':
      return of((source) =>
        query.values.flatMap((value): readonly (bigint | undefined)[] => {
          if (value.kind === 'identifier') return [undefined]
          if (value.kind === 'url') return [urlTerm(space, source, value.url)]
          return value.types.map((to) => referenceTerm(space, source, selfOf(tenant, to, value.id)))
        }),
      )
    case 'uri':
      return query.modifier === undefined
        ? of((source) => query.values.map((uri) => urlTerm(space, source, uri)))
        : undefined
    default:
      return undefined
  }
}

/** What a container has that matches, after the place where the page before ended. */
function foundIn(
  row: CandidateRow,
  { runtime, by }: SearchNeeds,
  { request, space, own }: ContainedAsked,
  after: Place | undefined,
): readonly Found[] {
  const container = versionOf(row, runtime.timeZone)
  if (by && !by.mayWalk(container.type)) return []
  const body = parseWithDecimals(row.content) as object
  const first = after?.key === row.key ? after.index + 1 : 0
  const isContainer = request.containedType === 'container'
  // A container is one answer, however many match in it.
  if (isContainer && first > 0) return []
  const found = containedOf(body).flatMap((resource, index): readonly Found[] => {
    if (index < first || resource.resourceType !== space.type) return []
    const values = indexOf(resource, { timeZone: runtime.timeZone, own: own.extractorOf(space.type) })
    const compared = { ...values, strings: [...values.strings, ...wholeNamesOf(resource)] }
    if (!request.conditions.every((query) => holds(query, compared))) return []
    const place = `${mark}${tokenOf([row.self, String(index)])}`
    return [{ container, contained: containedVersion(resource, container), place }]
  })
  return isContainer ? found.slice(0, 1) : found
}

function holds(query: ParameterQuery, values: Parameters<typeof matches>[1]): boolean {
  return query.kind !== 'chain' && query.kind !== 'has' && matches(query, values)
}

function containedVersion(resource: { readonly id?: string }, container: Version): Version {
  return {
    ...container,
    type: Reflect.get(resource, 'resourceType'),
    id: resource.id ?? '',
    json: stringifyWithDecimals(resource),
    container: { type: container.type, id: container.id, json: container.json },
  }
}

function nameOf({ type, id }: Version): string {
  return `${type}/${id}`
}
