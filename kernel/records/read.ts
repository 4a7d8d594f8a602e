/** Reads by identity: one indexed statement each. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import { selfOf } from './index/space.ts'
import type { Version } from './records.ts'
import { type VersionRow, versionOf } from './versions.ts'

type Whose = { readonly tenant: TenantId; readonly timeZone: string }

/** The current version, a deletion too; undefined where there never was one. */
export async function readCurrent(
  from: Queryable,
  { tenant, timeZone }: Whose,
  { type, id }: { readonly type: ResourceType; readonly id: string },
): Promise<Version | undefined> {
  const [row] = await from.query(sql<VersionRow>`
    select type::text as type, id, version, updated, deleted, content
    from records.current
    where self = ${selfOf(tenant, type, id)}::bigint
      and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true`)
  return row && versionOf(row, timeZone)
}

/** One version, current or superseded; undefined where there is none of that number. */
export async function readNumbered(
  from: Queryable,
  { tenant, timeZone }: Whose,
  { type, id, version }: { readonly type: ResourceType; readonly id: string; readonly version: number },
): Promise<Version | undefined> {
  const self = selfOf(tenant, type, id)
  const [row] = await from.query(sql<VersionRow>`
    select type::text as type, id, version, updated, deleted, content
    from records.current
    where self = ${self}::bigint and version = ${version}
      and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true
    union all
    select type::text as type, id, version, updated, deleted, content
    from records.history
    where self = ${self}::bigint and version = ${version}
      and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true`)
  return row && versionOf(row, timeZone)
}
