/** FHIR R4 §3.1.1 search of one type in one institution: a page of matches, and what they bring along. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { ResourceType } from '@xinglin/fhir'
import { epochMs, tooCostly } from '@xinglin/fhir'
import type { ParameterQuery } from '@xinglin/fhir/search'
import type { Runtime } from '@xinglin/runtime'
import type { Space } from '../index/space.ts'
import { keyOfPlace } from '../page-place.ts'
import { tokenOf, valuesOf } from '../page-token.ts'
import type { OwnOfTenant, OwnParameters } from '../parameters/own-parameters.ts'
import type { Page, Query, SearchRights } from '../records.ts'
import { askedInWords } from '../sealed/sealed-search.ts'
import type { SealingStates } from '../sealed/sealing-state.ts'
import { type VersionRow, versionOf } from '../versions.ts'
import { chartOf, conditionOf, type FewInner, inSpace, isById, type Subject, type Way } from './conditions.ts'
import { withContained } from './contained-pages.ts'
import { withDisplays } from './displays.ts'
import { findFew } from './few.ts'
import type { Frequencies } from './frequency.ts'
import { includedWith } from './include.ts'
import type { IndexState } from './index-state.ts'
import { withMainMoments } from './main-moment.ts'
import { nextQuery } from './next-query.ts'
import { termsOfQuery } from './query-terms.ts'
import { refuseCompared } from './refuse-compared.ts'
import { requestOf, type SearchRequest } from './request.ts'
import { type Seeing, seenOf } from './row-filter-sql.ts'
import { afterSql, isRead, isWalked, type OrderKey, orderOf, orderSql } from './sort.ts'
import { type Vocabulary, withVocabulary } from './vocabulary.ts'
import { allOf } from './within.ts'
import { asksWords, refuseReadingAll } from './words.ts'

export type SearchNeeds = {
  readonly queryable: Queryable
  readonly runtime: Runtime
  readonly frequencies: Frequencies
  readonly indexState: IndexState
  readonly vocabulary?: Vocabulary
  readonly own: OwnParameters
  readonly sealing: SealingStates
  readonly by?: SearchRights
}
type TypedSpace = Space & { readonly type: ResourceType }

/** Answers a search; throws `invalid` naming what is unknown or malformed. */
export async function searchRecords(needs: SearchNeeds, space: TypedSpace, query: Query): Promise<Page> {
  const { queryable, runtime } = needs
  const { timeZone } = runtime
  const own = await needs.own.of(queryable, space.tenant)
  const sealing = await needs.sealing.of(queryable, space.tenant)
  const written = requestOf(space.type, query, {
    timeZone,
    nowMs: epochMs(runtime.now()),
    ...needs.by,
    ownParameter: own.definitionOf,
  })
  refuseCompared(space.type, written, needs.by?.mayCompare)
  const plain = askedInWords(space.type, written, { sealing, own: definitionIn(own) })
  const meaning = { vocabulary: needs.vocabulary, tenant: space.tenant }
  const all = allOf(plain.conditions)
  await needs.indexState.check(queryable, all, plain)
  const meant = await withVocabulary(all, meaning)
  if (plain.contained !== 'false') {
    const others = (each: Query) => searchRecords(needs, space, each)
    return withContained(needs, { request: { ...plain, conditions: meant }, space, own }, { query, others })
  }
  const request = { ...plain, conditions: await withDisplays(meant, queryable, space) }
  const seen = seenBy({ tenant: space.tenant, timeZone, by: needs.by }, space.type)
  const isFew = await findFew(queryable, request.conditions, subjectOf(space, 'open', seen))
  const asked = { request, space, isFew, seen }
  if (request.conditions.some(asksWords) && !isLed(asked))
    await refuseReadingAll(queryable, subjectOf(space, 'open', seen))
  const counted = await countedOf(queryable, asked)
  if (request.isCountOnly) return { matches: [], included: [], applied: request.applied, ...counted }
  await refuseSortingMany(queryable, asked)
  const page = await pageOf(needs, asked)
  const matches = page.rows.map((row) => versionOf(row, timeZone))
  const included = await includedWith(queryable, matches, request, { space, timeZone, own, by: needs.by })
  return {
    matches,
    included,
    applied: request.applied,
    places: page.rows.map(({ place }) => place),
    ...counted,
    ...(page.next === undefined ? {} : { next: nextQuery(query, page.next) }),
  }
}

/** Also of one that is indexed still: a search by it is refused elsewhere. */
function definitionIn({ all }: OwnOfTenant) {
  return (type: string, name: string) =>
    all.find(({ code, types }) => code === name && types.includes(type))?.definition
}

type Seen = Pick<Subject, 'seen'> & { readonly isAll: boolean }
type Asked = {
  readonly request: SearchRequest
  readonly space: TypedSpace
  readonly isFew: FewInner
  readonly seen: Seen
}

function seenBy(seeing: Seeing, type: ResourceType): Seen {
  if (!seeing.by?.within) return { isAll: true }
  return { seen: (row) => seenOf(seeing, row), isAll: seeing.by.within(type) === undefined }
}

function subjectOf(space: Space, way: Way, { seen }: Seen): Subject {
  return { alias: sql.id('resource'), space, depth: 0, way, seen }
}

function conditionsSql({ request, isFew }: Asked, subject: Subject): Sql {
  const merged = withMainMoments(request.conditions, subject.space.type)
  const conditions = merged.map((query) => conditionOf(query, subject, isFew))
  return sql.join([inSpace(subject), ...conditions], sql` and `)
}

/** The total where one was asked. */
async function countedOf(from: Queryable, asked: Asked): Promise<{ readonly total?: number }> {
  const { isTotalAsked, isCountOnly, isEstimateAsked } = asked.request
  if (isTotalAsked || isCountOnly) return { total: await totalOf(from, asked) }
  if (!isEstimateAsked) return {}
  // PostgreSQL expects by statistics of all rows, of which some may be hidden.
  return { total: await (asked.seen.isAll ? estimateOf(from, asked) : totalOf(from, asked)) }
}

/** Counted one by one up to here (some ms); above it PostgreSQL's own expectation. */
const mostCounted = 1_000

/** §3.1.1.5.10: exact while few match, never less than were counted. */
async function estimateOf(from: Queryable, asked: Asked): Promise<number> {
  const subject = subjectOf(asked.space, isLed(asked) ? 'terms' : 'open', asked.seen)
  const matches = sql`select from records.current as ${subject.alias} where ${conditionsSql(asked, subject)}`
  const [row] = await from.query(sql<{ total: number }>`
    select count(*) as total from (${matches} limit ${mostCounted + 1}) as counted`)
  const counted = row?.total ?? 0
  if (counted <= mostCounted) return counted
  const [plan] = await from.query(
    sql<{ 'QUERY PLAN': readonly ExplainedPlan[] }>`explain (format json) ${matches}`,
  )
  return Math.max(counted, Math.round(plan?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0))
}

type ExplainedPlan = { readonly Plan: { readonly 'Plan Rows': number } }

/** Resources that are read for an order by what they say: some 20 µs each. */
const mostSorted = 5_000

/** Throws `tooCostly` where an order by codes, references or uris would read more than a moment's worth. */
async function refuseSortingMany(from: Queryable, asked: Asked): Promise<void> {
  const key = asked.request.sort.find(isRead)
  if (!key) return
  const subject = subjectOf(asked.space, isLed(asked) ? 'terms' : 'open', asked.seen)
  const [row] = await from.query(sql<{ found: number }>`
    select count(*)::integer as found
    from (
      select from records.current as ${subject.alias}
      where ${conditionsSql(asked, subject)}
      limit ${mostSorted + 1}
    ) as counted`)
  if (row && row.found <= mostSorted) return
  throw tooCostly(
    `at most ${mostSorted} resources are sorted by ${key.parameter}; name a patient, a code or another parameter beside it`,
    { code: 'records.sort-too-many', at: '_sort' },
  )
}

async function totalOf(from: Queryable, asked: Asked): Promise<number> {
  const subject = subjectOf(asked.space, isLed(asked) ? 'terms' : 'open', asked.seen)
  const [row] = await from.query(sql<{ total: number }>`
    select count(*) as total
    from records.current as ${subject.alias}
    where ${conditionsSql(asked, subject)}`)
  return row?.total ?? 0
}

type PageRow = VersionRow & { readonly place: readonly string[] }

async function pageOf(
  needs: SearchNeeds,
  asked: Asked,
): Promise<{ rows: readonly PageRow[]; next?: string }> {
  const { request, space } = asked
  const subject = subjectOf(space, await wayOf(needs, asked), asked.seen)
  const { alias } = subject
  const order = orderOf(request.sort, space, alias)
  const after = await afterPage(needs.queryable, asked, order)
  const rows = await needs.queryable.query(sql<PageRow>`
    select
      ${alias}.type::text as type, ${alias}.id, ${alias}.version, ${alias}.updated, ${alias}.deleted, ${alias}.content,
      array[${sql.join(order.map(({ expression, told = expression }) => sql`(${told})::text`))}] as place
    from records.current as ${alias}
    where ${conditionsSql(asked, subject)}${after}
    order by ${orderSql(order)}
    limit ${request.count + 1}`)
  const shown = rows.slice(0, request.count)
  const last = shown.at(-1)
  return rows.length > shown.length && last ? { rows: shown, next: tokenOf(last.place) } : { rows: shown }
}

/** True where terms, ids or few others lead to the matches: then the type's own index would only read more. */
function isLed({ request, space, isFew }: Asked): boolean {
  return request.conditions.some(
    (query) => termsOfQuery(query, space) || isById(query) || isNarrow(query, isFew),
  )
}

/** A chain or `_has` that starts from few. */
function isNarrow(query: ParameterQuery, isFew: FewInner): boolean {
  if (query.kind === 'chain') return query.targets.every((target) => isFew(target.query))
  return query.kind === 'has' && isFew(query.query)
}

/**
 * Frequent terms are found soonest by walking the order that was asked until the page is full, rare ones by their own
 * index: one costs rows / matches x page, the other matches.
 */
async function wayOf({ queryable, frequencies }: SearchNeeds, asked: Asked): Promise<Way> {
  const { request, space } = asked
  const terms = request.conditions
    .map((query) => termsOfQuery(query, space))
    .filter((each) => each !== undefined)
  if (terms.length === 0) return isLed(asked) ? 'terms' : 'open'
  // A chart is read by its time: the newest page of a long one costs no more than of a short one.
  if (terms.length === 1 && request.conditions.some((query) => chartOf(query, space))) return 'chart'
  const isWalkable =
    isWalked(request.sort, space.type) &&
    request.conditions.every((query) => termsOfQuery(query, space) || isWide(query, asked.isFew))
  if (!isWalkable) return 'terms'
  const { rows, matches } = await frequencies.estimate(queryable, space, terms)
  if (matches * matches <= rows * (request.count + 1)) return 'terms'
  // Walked, most of what is met may be hidden; the few charts of a filter may lead instead.
  return asked.seen.isAll ? 'walk' : 'open'
}

/** A chain that many resources meet: each one met on the way is likely to. */
function isWide(query: ParameterQuery, isFew: FewInner): boolean {
  if (query.kind === 'chain') return query.targets.some((target) => !isFew(target.query))
  return query.kind === 'has' && !isFew(query.query)
}

async function afterPage(
  from: Queryable,
  { request: { page }, space, seen }: Asked,
  order: readonly OrderKey[],
): Promise<Sql> {
  if (page === undefined) return sql``
  const values = valuesOf(page, order.length)
  const row = { alias: sql.id('current'), type: space.type }
  const isOfType = sql` and type = ${space.type}::records.resource_type`
  const whose = { tenant: space.tenant, seen: sql`${isOfType}${seen.seen?.(row) ?? sql``}` }
  const key = await keyOfPlace(from, whose, values.at(-1))
  return sql` and ${afterSql(order, [...values.slice(0, -1), key])}`
}
