/** One resource as it stood at an instant: the last of its versions until then, a deletion too. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import { selfOf } from '../index/space.ts'
import type { Version } from '../records.ts'
import { type VersionRow, versionOf } from '../versions.ts'
import { beforeSql } from './past-versions.ts'

/** `beforeMs` is the first ms since 1970 UTC that no longer belongs to the past; undefined where nothing was there yet. */
export async function readBefore(
  from: Queryable,
  {
    tenant,
    timeZone,
    beforeMs,
  }: { readonly tenant: TenantId; readonly timeZone: string; readonly beforeMs: number },
  { type, id }: { readonly type: ResourceType; readonly id: string },
): Promise<Version | undefined> {
  const self = selfOf(tenant, type, id)
  const before = beforeSql({ beforeMs })
  const [row] = await from.query(sql<VersionRow>`
    (
      select type::text as type, id, version, updated, deleted, content
      from records.current
      where self = ${self}::bigint and updated < ${before}
        and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true
    )
    union all
    (
      select type::text as type, id, version, updated, deleted, content
      from records.history
      where self = ${self}::bigint and updated < ${before}
        and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true
      order by history.version desc
      limit 1
    )
    order by version desc
    limit 1`)
  return row && versionOf(row, timeZone)
}
