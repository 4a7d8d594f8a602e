/** How many resources of each type an institution has: exact while they are few, PostgreSQL's own estimate when many. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'

/** Counted one by one up to here (1 ms a type); above it the estimate of the last `analyze`, which is within some percent. */
const mostCounted = 10_000

type CountRow = { readonly type: ResourceType; readonly counted: number; readonly estimated: number }

/** Current resources by type; types without any are left out. */
export async function countsByType(
  database: Queryable,
  tenant: TenantId,
): Promise<Readonly<Partial<Record<ResourceType, number>>>> {
  const rows = await database.query(sql<CountRow>`
    with estimate as materialized (
      select frequent.type, frequent.share * class.reltuples as estimated
      from pg_class as class
      join pg_stats as stats
        on stats.schemaname = 'records' and stats.tablename = 'current' and stats.attname = 'type'
      cross join lateral unnest(stats.most_common_vals::text::text[], stats.most_common_freqs)
        as frequent (type, share)
      where class.oid = 'records.current'::regclass
    )
    select known.type::text as type, counted.number::float8 as counted, coalesce(estimate.estimated, 0)::float8 as estimated
    from unnest(enum_range(null::records.resource_type)) as known (type)
    cross join lateral (
      select count(*) as number
      from (
        select from records.current
        where tenant = ${tenant} and type = known.type and not deleted
        limit ${mostCounted}
      ) as counted_rows
    ) as counted
    left join estimate on estimate.type = known.type::text
    where counted.number > 0
    order by known.type`)
  return Object.fromEntries(
    rows.map(({ type, counted, estimated }) => [
      type,
      counted < mostCounted ? counted : Math.max(counted, Math.round(estimated)),
    ]),
  )
}
