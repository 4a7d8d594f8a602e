/** Many versions, current or superseded, in one statement: what a reader of the log looks up for a batch of entries. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { selfOf } from './index/space.ts'
import type { Version, VersionWanted } from './records.ts'
import { type VersionRow, versionOf } from './versions.ts'

/** Those that exist, in no order. */
export async function readNumberedVersions(
  from: Queryable,
  { tenant, timeZone }: { readonly tenant: TenantId; readonly timeZone: string },
  wanted: readonly VersionWanted[],
): Promise<readonly Version[]> {
  if (wanted.length === 0) return []
  const selves = wanted.map(({ type, id }) => String(selfOf(tenant, type, id)))
  const numbers = wanted.map(({ version }) => version)
  const rows = await from.query(sql<VersionRow>`
    with wanted as (select * from unnest(${selves}::bigint[], ${numbers}::integer[]) as each (self, version))
    select type::text as type, id, version, updated, deleted, content
    from wanted
    join records.current using (self, version)
    where (tenant = ${tenant}) is true
    union all
    select type::text as type, id, version, updated, deleted, content
    from wanted
    join records.history using (self, version)
    where (tenant = ${tenant}) is true`)
  const keys = new Set(wanted.map(keyOf))
  // Hashes may coincide: rare, and told apart here.
  return rows.filter((row) => keys.has(keyOf(row))).map((row) => versionOf(row, timeZone))
}

function keyOf({ type, id, version }: VersionWanted): string {
  return `${type}/${id}/${version}`
}
