/** FHIR R4 §3.1.0.13 history, newest first: of one resource, of a type, or of everything an institution has. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant, ResourceType } from '@xinglin/fhir'
import { selfOf } from './index/space.ts'
import { momentIn, numberIn, tokenOf, valuesOf } from './page-token.ts'
import type { Version } from './records.ts'
import { type VersionRow, versionOf } from './versions.ts'

type Whose = { readonly tenant: TenantId; readonly timeZone: string }
export type HistoryOptions = {
  readonly type?: ResourceType
  readonly id?: string
  readonly since?: Instant
  readonly count: number
  readonly before?: string
}
type HistoryRow = VersionRow & { readonly self: string }
type Before = { readonly updated: string; readonly self: string; readonly version: string }

/** A page of versions; `next` is the `before` of the following page, absent on the last one. */
export async function readHistory(
  from: Queryable,
  { tenant, timeZone }: Whose,
  options: HistoryOptions,
): Promise<{ versions: readonly Version[]; next?: string }> {
  const before = options.before === undefined ? undefined : beforeOf(options.before)
  const condition = conditionOf(tenant, options, before)
  const limit = options.count + 1
  const pages = options.type
    ? versionsWhere(sql`type = ${options.type}::records.resource_type and ${condition}`, limit)
    : sql`
        select version.*
        from unnest(enum_range(null::records.resource_type)) as each (type)
        cross join lateral (${versionsWhere(sql`type = each.type and ${condition}`, limit)}) as version
        order by version.updated desc, version.self desc, version.version desc
        limit ${limit}`
  const rows = await from.query(sql<HistoryRow>`
    select self::text as self, type::text as type, id, version, updated, deleted, content
    from (${pages}) as page
    order by page.updated desc, page.self desc, page.version desc`)
  const shown = rows.slice(0, options.count)
  const last = shown.at(-1)
  return {
    versions: shown.map((row) => versionOf(row, timeZone)),
    ...(rows.length > shown.length && last
      ? { next: tokenOf([last.updated, last.self, String(last.version)]) }
      : {}),
  }
}

function versionsWhere(condition: Sql, limit: number): Sql {
  const columns = sql`self, type, id, version, updated, deleted, content`
  const order = sql`updated desc, self desc, version desc`
  return sql`
    (
      (select ${columns} from records.current where ${condition} order by ${order} limit ${limit})
      union all
      (select ${columns} from records.history where ${condition} order by ${order} limit ${limit})
    )
    order by ${order}
    limit ${limit}`
}

function conditionOf(tenant: TenantId, { type, id, since }: HistoryOptions, before: Before | undefined): Sql {
  const conditions = [sql`tenant = ${tenant}`]
  if (type && id !== undefined)
    conditions.push(sql`self = ${selfOf(tenant, type, id)}::bigint and id = ${id}`)
  if (since) conditions.push(sql`updated >= ${since}::timestamptz`)
  if (before)
    conditions.push(
      sql`(updated, self, version) < (${before.updated}::timestamptz, ${before.self}::bigint, ${before.version}::integer)`,
    )
  return sql.join(conditions, sql` and `)
}

function beforeOf(token: string): Before {
  const [updated, self, version] = valuesOf(token, 3)
  return { updated: momentIn(updated), self: numberIn(self), version: numberIn(version) }
}
