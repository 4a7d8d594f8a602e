/** What filters of rows say to resources that are known by name: which are hidden, and by which part of a filter. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { ResourceType } from '@xinglin/fhir'
import { selfOf } from './index/space.ts'
import type { Named, RowFilter } from './records.ts'
import { filterSql, type Seeing, seenOf } from './search/row-filter-sql.ts'

const current = sql.id('current')

/** Whether each filter lets the row through, in one statement; undefined where there never was such a resource. */
export async function judgedBy(
  from: Queryable,
  seeing: Omit<Seeing, 'by'>,
  { type, id, filters }: Named & { readonly filters: readonly RowFilter[] },
): Promise<readonly boolean[] | undefined> {
  const verdicts = filters.map(
    (filter) => sql`(${filterSql(filter, seeing, { alias: current, type })}) is true`,
  )
  const [row] = await from.query(sql<{ verdicts: readonly boolean[] }>`
    select array[${sql.join(verdicts)}]::boolean[] as verdicts
    from records.current
    where self = ${selfOf(seeing.tenant, type, id)}::bigint
      and (tenant = ${seeing.tenant} and type = ${type}::records.resource_type and id = ${id}) is true`)
  return row?.verdicts
}

/** Those that are there, deleted ones too, and hidden; one statement a type. */
export function hiddenAmong(
  from: Queryable,
  seeing: Seeing,
  wanted: readonly Named[],
): Promise<readonly Named[]> {
  const narrowed = wanted.filter(({ type }) => seeing.by?.within?.(type))
  return amongTypes(from, seeing, { wanted: narrowed, isSeen: false })
}

/** Those that are there, deleted ones too, and may be seen; one statement a type. */
export function reachedAmong(
  from: Queryable,
  seeing: Seeing,
  wanted: readonly Named[],
): Promise<readonly Named[]> {
  return amongTypes(from, seeing, { wanted, isSeen: true })
}

/** Those that stand in the chart of a Patient who is not there or may not be seen. */
export function strayAmong(
  from: Queryable,
  seeing: Seeing,
  wanted: readonly Named[],
): Promise<readonly Named[]> {
  const isOfSeen: RowFilter = {
    kind: 'sql',
    of: (row) => {
      const patient = sql`${row}.patient`
      return sql`(${row}.patient is null or ${isSeenInChart(seeing, { type: 'Patient', patient, id: patient })})`
    },
  }
  const by = { mayWalk: () => true, within: () => isOfSeen }
  return amongTypes(from, { ...seeing, by }, { wanted, isSeen: false })
}

/** That a resource in a patient's chart may be seen, for statements on tables that are derived from the record. */
export function isSeenInChart(
  seeing: Seeing,
  { type, patient, id }: { readonly type: ResourceType; readonly patient: Sql; readonly id: Sql },
): Sql {
  const alias = sql.id('reached')
  return sql`exists (
    select from records.current as ${alias}
    where ${alias}.tenant = ${seeing.tenant} and ${alias}.patient = ${patient}
      and ${alias}.type = ${type}::records.resource_type and not ${alias}.deleted and ${alias}.id = ${id}${seenOf(
        seeing,
        { alias, type },
      )})`
}

type Among = { readonly wanted: readonly Named[]; readonly isSeen: boolean }

async function amongTypes(
  from: Queryable,
  seeing: Seeing,
  { wanted, isSeen }: Among,
): Promise<readonly Named[]> {
  const types = [...new Set(wanted.map(({ type }) => type))]
  const found = await Promise.all(types.map((type) => amongType(from, seeing, { wanted, isSeen, type })))
  return found.flat()
}

async function amongType(
  from: Queryable,
  seeing: Seeing,
  { wanted, isSeen, type }: Among & { readonly type: ResourceType },
): Promise<readonly Named[]> {
  const ids = wanted.filter((each) => each.type === type).map(({ id }) => id)
  const selves = ids.map((id) => String(selfOf(seeing.tenant, type, id)))
  const seen = sql`(true${seenOf(seeing, { alias: current, type })})`
  return from.query(sql<Named>`
    select type::text as type, id
    from records.current
    where self = any (${selves}::bigint[]) and id = any (${ids}::text[])
      and (tenant = ${seeing.tenant} and type = ${type}::records.resource_type) is true
      and ${isSeen ? seen : sql`${seen} is not true`}`)
}
