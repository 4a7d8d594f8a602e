/** One resource as it stood at an instant: the last of its versions until then, a deletion too. */
import { type Queryable, sql } from '@xinglin/database'
import type { ResourceType } from '@xinglin/fhir'
import { selfOf } from '../index/space.ts'
import type { Version } from '../records.ts'
import { type Seeing, seenOf } from '../search/row-filter-sql.ts'
import { type VersionRow, versionOf } from '../versions.ts'
import { beforeSql } from './past-versions.ts'

/** `beforeMs` is the first ms since 1970 UTC that no longer belongs to the past; undefined where nothing was there yet. */
export async function readBefore(
  from: Queryable,
  past: Seeing & { readonly beforeMs: number },
  { type, id }: { readonly type: ResourceType; readonly id: string },
): Promise<Version | undefined> {
  const { tenant, timeZone, beforeMs } = past
  const seen = seenOf(past, { alias: sql.id('current'), type })
  const self = selfOf(tenant, type, id)
  const before = beforeSql({ beforeMs })
  const [row] = await from.query(sql<VersionRow>`
    (
      select type::text as type, id, version, updated, deleted, content
      from records.current
      where self = ${self}::bigint and updated < ${before}
        and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true${seen}
    )
    union all
    (
      select type::text as type, id, version, updated, deleted, content
      from records.history
      where self = ${self}::bigint and updated < ${before}
        and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true
        and exists (select from records.current where current.self = history.self${seen})
      order by history.version desc
      limit 1
    )
    order by version desc
    limit 1`)
  return row && versionOf(row, timeZone)
}
