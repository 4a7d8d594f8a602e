/** FHIR R4 §3.1.0.13 history, newest first: of one resource, of a type, or of everything an institution has. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type Instant, invalid, type ResourceType } from '@xinglin/fhir'
import { type DateRange, dateRange } from '@xinglin/fhir/search'
import { selfOf } from './index/space.ts'
import { momentIn, numberIn, tokenOf, valuesOf } from './page-token.ts'
import type { Version } from './records.ts'
import { type Seeing, seenOf, seenOfAll } from './search/row-filter-sql.ts'
import { type VersionRow, versionOf } from './versions.ts'

export type HistoryOptions = {
  readonly type?: ResourceType
  readonly id?: string
  readonly since?: Instant
  /** A FHIR date, without offset in the hospital's zone: only what was current at some moment of it. */
  readonly at?: string
  readonly count: number
  readonly before?: string
}
type HistoryRow = VersionRow & { readonly self: string }
type Before = { readonly updated: string; readonly self: string; readonly version: string }

/** A page of versions; `next` is the `before` of the following page, absent on the last one. */
export async function readHistory(
  from: Queryable,
  seeing: Seeing,
  options: HistoryOptions,
): Promise<{ versions: readonly Version[]; next?: string }> {
  const { tenant, timeZone } = seeing
  const before = options.before === undefined ? undefined : beforeOf(options.before)
  const at = options.at === undefined ? undefined : momentsOf(options.at, timeZone)
  const condition = conditionOf(tenant, options, { before, at })
  const limit = options.count + 1
  const versionsWhere = (whose: Sql) => newestOf(whose, { at, limit, seen: seenIn(seeing, options) })
  const pages = options.type
    ? versionsWhere(sql`type = ${options.type}::records.resource_type and ${condition}`)
    : sql`
        select version.*
        from unnest(enum_range(null::records.resource_type)) as each (type)
        cross join lateral (${versionsWhere(sql`type = each.type and ${condition}`)}) as version
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

type Bounds = { readonly at: DateRange | undefined; readonly limit: number; readonly seen: Sql }

/** ` and …` on the current row: who may see that may see what it was. */
function seenIn(seeing: Seeing, { type }: HistoryOptions): Sql {
  const alias = sql.id('current')
  return type ? seenOf(seeing, { alias, type }) : seenOfAll(seeing, alias)
}

function newestOf(condition: Sql, { at, limit, seen }: Bounds): Sql {
  const lasted = at ? sql`${condition} and ${lastedInto(at)}` : condition
  const superseded = seen.text === '' ? lasted : sql`${lasted} and ${ofSeen(seen)}`
  const columns = sql`self, type, id, version, updated, deleted, content`
  const order = sql`updated desc, self desc, version desc`
  return sql`
    (
      (select ${columns} from records.current where ${condition}${seen} order by ${order} limit ${limit})
      union all
      (select ${columns} from records.history where ${superseded} order by ${order} limit ${limit})
    )
    order by ${order}
    limit ${limit}`
}

function ofSeen(seen: Sql): Sql {
  return sql`exists (select from records.current where current.self = history.self${seen})`
}

/** A superseded version was current until the next one was made. */
function lastedInto({ lowMs }: DateRange): Sql {
  const low = sql`${new Date(lowMs).toISOString()}::timestamptz`
  return sql`
    (
      exists (
        select from records.history as next
        where next.self = history.self and next.version = history.version + 1 and next.updated > ${low}
      )
      or exists (
        select from records.current as next
        where next.self = history.self and next.version = history.version + 1 and next.updated > ${low}
      )
    )`
}

function momentsOf(text: string, timeZone: string): DateRange {
  const range = dateRange(text, timeZone)
  if (range) return range
  throw invalid('_at must be a date, dateTime or instant', { code: 'records.history-at', at: '_at' })
}

type Moments = { readonly before: Before | undefined; readonly at: DateRange | undefined }

function conditionOf(tenant: TenantId, { type, id, since }: HistoryOptions, { before, at }: Moments): Sql {
  const conditions = [sql`tenant = ${tenant}`]
  if (type && id !== undefined)
    conditions.push(sql`self = ${selfOf(tenant, type, id)}::bigint and id = ${id}`)
  if (since) conditions.push(sql`updated >= ${since}::timestamptz`)
  if (at) conditions.push(sql`updated < ${new Date(at.highMs).toISOString()}::timestamptz`)
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
