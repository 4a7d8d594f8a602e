/** FHIR R4 §3.1.1 search of one type in one institution: a page of matches, and what they bring along. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { ResourceType } from '@xinglin/fhir'
import { epochMs } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Space } from '../index/space.ts'
import { tokenOf, valuesOf } from '../page-token.ts'
import type { Page, Query } from '../records.ts'
import { type VersionRow, versionOf } from '../versions.ts'
import { conditionOf, inSpace, type Subject } from './conditions.ts'
import { findFew } from './few.ts'
import { includedWith } from './include.ts'
import { pageParameter, requestOf, type SearchRequest } from './request.ts'
import { afterSql, type OrderKey, orderOf, orderSql } from './sort.ts'

export type SearchNeeds = { readonly queryable: Queryable; readonly runtime: Runtime }
type TypedSpace = Space & { readonly type: ResourceType }

/** Answers a search; throws `invalid` naming what is unknown or malformed. */
export async function searchRecords(
  { queryable, runtime }: SearchNeeds,
  space: TypedSpace,
  query: Query,
): Promise<Page> {
  const { timeZone } = runtime
  const request = requestOf(space.type, query, { timeZone, nowMs: epochMs(runtime.now()) })
  const subject: Subject = { alias: sql.id('resource'), space, depth: 0 }
  const condition = await conditionsOf(queryable, request, subject)
  const total =
    request.isTotalAsked || request.isCountOnly ? await totalOf(queryable, condition, subject) : undefined
  const counted = total === undefined ? {} : { total }
  if (request.isCountOnly) return { matches: [], included: [], applied: request.applied, ...counted }
  const page = await pageOf(queryable, { condition, request, subject })
  const matches = page.rows.map((row) => versionOf(row, timeZone))
  const included = await includedWith(queryable, matches, request, { space, timeZone })
  return {
    matches,
    included,
    applied: request.applied,
    ...counted,
    ...(page.next === undefined ? {} : { next: nextQuery(query, page.next) }),
  }
}

async function conditionsOf(from: Queryable, request: SearchRequest, subject: Subject): Promise<Sql> {
  const isFew = await findFew(from, request.conditions, subject)
  const conditions = request.conditions.map((query) => conditionOf(query, subject, isFew))
  return sql.join([inSpace(subject), ...conditions], sql` and `)
}

async function totalOf(from: Queryable, condition: Sql, { alias }: Subject): Promise<number> {
  const [row] = await from.query(sql<{ total: number }>`
    select count(*) as total
    from records.current as ${alias}
    where ${condition}`)
  return row?.total ?? 0
}

type Asked = { readonly condition: Sql; readonly request: SearchRequest; readonly subject: Subject }
type PageRow = VersionRow & { readonly place: readonly string[] }

async function pageOf(
  from: Queryable,
  { condition, request, subject }: Asked,
): Promise<{ rows: readonly PageRow[]; next?: string }> {
  const { alias, space } = subject
  const order = orderOf(request.sort, space, alias)
  const rows = await from.query(sql<PageRow>`
    select
      ${alias}.type::text as type, ${alias}.id, ${alias}.version, ${alias}.updated, ${alias}.deleted, ${alias}.content,
      array[${sql.join(order.map(({ expression }) => sql`(${expression})::text`))}] as place
    from records.current as ${alias}
    where ${condition}${afterPage(order, request.page)}
    order by ${orderSql(order)}
    limit ${request.count + 1}`)
  const shown = rows.slice(0, request.count)
  const last = shown.at(-1)
  return rows.length > shown.length && last ? { rows: shown, next: tokenOf(last.place) } : { rows: shown }
}

function afterPage(order: readonly OrderKey[], page: string | undefined): Sql {
  if (page === undefined) return sql``
  return sql` and ${afterSql(order, valuesOf(page, order.length))}`
}

/** The query of the next page as it stands in a URL. */
function nextQuery(query: Query, token: string): string {
  const next = new URLSearchParams()
  for (const [name, value] of query) if (name !== pageParameter) next.append(name, value)
  next.append(pageParameter, token)
  return next.toString()
}
