/** Which rows somebody may see, as conditions of the statement that finds them: what is hidden is never met, counted or sorted. */
import { type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import { allResourceTypes } from '@xinglin/fhir/search'
import type { RowFilter, SearchRights } from '../records.ts'
import { conditionOf, type Subject } from './conditions.ts'
import { requestOf } from './request.ts'

/** Whose rows, and how far they may be seen. */
export type Seeing = { readonly tenant: TenantId; readonly timeZone: string; readonly by?: SearchRights }
type OfType = { readonly alias: Sql; readonly type: ResourceType }

/** ` and …` for rows of one type under this alias of `records.current`; nothing where all may be seen. */
export function seenOf(seeing: Seeing, { alias, type }: OfType): Sql {
  const filter = seeing.by?.within?.(type)
  return filter ? sql` and ${filterSql(filter, seeing, { alias, type })}` : sql``
}

/** The same for rows of these types (all where absent): each group that is treated alike has one condition. */
export function seenOfAll(
  seeing: Seeing,
  alias: Sql,
  types: readonly ResourceType[] = allResourceTypes,
): Sql {
  const { by } = seeing
  if (!by?.within) return sql``
  const groups = new Map<RowFilter | undefined, ResourceType[]>()
  for (const type of types) {
    const filter = by.within(type)
    const group = groups.get(filter)
    if (group) group.push(type)
    else groups.set(filter, [type])
  }
  if (groups.size === 1 && groups.has(undefined)) return sql``
  const conditions = [...groups].map(([filter, [first, ...others]]) => {
    if (!first) return sql`false`
    const isType = sql`${alias}.type = any (${[first, ...others]}::records.resource_type[])`
    return filter ? sql`(${isType} and ${filterSql(filter, seeing, { alias, type: first })})` : isType
  })
  return sql` and (${sql.join(conditions, sql` or `)})`
}

/** The condition of one filter on a row of a type. */
export function filterSql(filter: RowFilter, seeing: Omit<Seeing, 'by'>, row: OfType): Sql {
  const { alias } = row
  switch (filter.kind) {
    case 'nothing':
      return sql`false`
    case 'and':
    case 'or':
      return joined(filter, seeing, row)
    case 'not':
      return sql`(${filterSql(filter.filter, seeing, row)}) is not true`
    case 'patients':
      return sql`${alias}.patient = any (${filter.patients}::text[])`
    case 'no-patient':
      return sql`${alias}.patient is null`
    case 'related':
      return relatedSql(filter, seeing, alias)
    case 'labelled':
      return labelledSql(filter, seeing, alias)
    case 'ids':
      return sql`${alias}.id = any (${filter.ids}::text[])`
    case 'matches':
      return matchesSql(filter, seeing, row)
    case 'sql':
      return filter.of(alias)
  }
}

type Kind<K extends RowFilter['kind']> = Extract<RowFilter, { kind: K }>

function joined({ kind, filters }: Kind<'and' | 'or'>, seeing: Omit<Seeing, 'by'>, row: OfType): Sql {
  if (filters.length === 0) return kind === 'and' ? sql`true` : sql`false`
  const conditions = filters.map((filter) => filterSql(filter, seeing, row))
  return sql`(${sql.join(conditions, kind === 'and' ? sql` and ` : sql` or `)})`
}

/** A set that PostgreSQL makes once a statement, or by whose patients it goes into the charts. */
function relatedSql(
  { table, holders, at, endedAfter = at }: Kind<'related'>,
  { tenant }: Omit<Seeing, 'by'>,
  alias: Sql,
): Sql {
  return sql`${alias}.patient in (
    select related.patient
    from ${sql.id(...table)} as related
    where related.tenant = ${tenant} and related.holder = any (${holders}::text[])
      and related.since <= ${at}::timestamptz and (related.until is null or related.until > ${endedAfter}::timestamptz))`
}

function labelledSql({ labels }: Kind<'labelled'>, { tenant }: Omit<Seeing, 'by'>, alias: Sql): Sql {
  const names = labels.map(({ system, code }) => `${system}|${code}`)
  return sql`(${alias}.labels && ${names}::text[] or ${alias}.patient in (
    select bearer.id
    from records.current as bearer
    where bearer.tenant = ${tenant} and bearer.type = 'Patient' and bearer.labels is not null
      and bearer.labels && ${names}::text[]))`
}

/** Search parameters of the row's own type; a chain would ask rows that are not judged here. */
function matchesSql({ query }: Kind<'matches'>, { tenant, timeZone }: Omit<Seeing, 'by'>, row: OfType): Sql {
  const subject: Subject = { alias: row.alias, space: { tenant, type: row.type }, depth: 0, way: 'open' }
  const { conditions } = requestOf(row.type, query, { timeZone, nowMs: 0, mayWalk: () => false })
  if (conditions.length === 0) return sql`true`
  return sql`(${sql.join(
    conditions.map((condition) => conditionOf(condition, subject, () => false)),
    sql` and `,
  )})`
}
