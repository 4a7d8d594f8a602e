/** Reads by identity: one indexed statement each. */
import { type Queryable, sql } from '@xinglin/database'
import type { ResourceType } from '@xinglin/fhir'
import { selfOf } from './index/space.ts'
import type { Version } from './records.ts'
import { type Seeing, seenOf } from './search/row-filter-sql.ts'
import { type VersionRow, versionOf } from './versions.ts'

type Whose = Seeing

const current = sql.id('current')

/** The current version, a deletion too; undefined where there never was one. */
export async function readCurrent(
  from: Queryable,
  whose: Whose,
  { type, id }: { readonly type: ResourceType; readonly id: string },
): Promise<Version | undefined> {
  const { tenant, timeZone } = whose
  const [row] = await from.query(sql<VersionRow>`
    select type::text as type, id, version, updated, deleted, content
    from records.current
    where self = ${selfOf(tenant, type, id)}::bigint
      and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true${seenOf(whose, { alias: current, type })}`)
  return row && versionOf(row, timeZone)
}

/** One version, current or superseded; undefined where there is none of that number. */
export async function readNumbered(
  from: Queryable,
  whose: Whose,
  { type, id, version }: { readonly type: ResourceType; readonly id: string; readonly version: number },
): Promise<Version | undefined> {
  const { tenant, timeZone } = whose
  const self = selfOf(tenant, type, id)
  const seen = seenOf(whose, { alias: current, type })
  const [row] = await from.query(sql<VersionRow>`
    select type::text as type, id, version, updated, deleted, content
    from records.current
    where self = ${self}::bigint and version = ${version}
      and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true${seen}
    union all
    select type::text as type, id, version, updated, deleted, content
    from records.history
    where self = ${self}::bigint and version = ${version}
      and (tenant = ${tenant} and type = ${type}::records.resource_type and id = ${id}) is true
      and exists (select from records.current where current.self = history.self${seen})`)
  return row && versionOf(row, timeZone)
}
