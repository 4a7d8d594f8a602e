/** What filters of rows say to resources that are known by name: which are hidden, and by which part of a filter. */
import { type Queryable, sql } from '@xinglin/database'
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
export async function hiddenAmong(
  from: Queryable,
  seeing: Seeing,
  wanted: readonly Named[],
): Promise<readonly Named[]> {
  const types = [...new Set(wanted.map(({ type }) => type))].filter((type) => seeing.by?.within?.(type))
  const found = await Promise.all(
    types.map((type) =>
      hiddenOfType(
        from,
        seeing,
        wanted.filter((each) => each.type === type),
        type,
      ),
    ),
  )
  return found.flat()
}

async function hiddenOfType(
  from: Queryable,
  seeing: Seeing,
  wanted: readonly Named[],
  type: ResourceType,
): Promise<readonly Named[]> {
  const selves = wanted.map(({ id }) => String(selfOf(seeing.tenant, type, id)))
  const ids = wanted.map(({ id }) => id)
  return from.query(sql<Named>`
    select type::text as type, id
    from records.current
    where self = any (${selves}::bigint[]) and id = any (${ids}::text[])
      and (true${seenOf(seeing, { alias: current, type })}) is not true`)
}
