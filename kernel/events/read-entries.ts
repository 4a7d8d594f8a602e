/** Reading the log: only entries of transactions older than every open one, so none can appear before another later. */
import { type Queryable, sql } from '@xinglin/database'
import { epochMs, instantOf } from '@xinglin/fhir'
import type { LogEntry, Position, TenantId } from './events.ts'
import { kindPatterns } from './kinds.ts'
import { placeOf, positionOf } from './position.ts'

/** Where only some kinds are wanted, so many entries are looked at for each one asked for: 0.2 ms for 1,000. */
const scannedPerWanted = 20
/** The most looked at in one statement, 2-4 ms, so that a rare kind never holds a connection long. */
export const mostEntriesScanned = 10_000

type Row = {
  readonly xid: string
  readonly seq: string
  readonly at: string
  readonly tenant: TenantId
  readonly version: number | null
  readonly kind: string
  readonly actor: string
  readonly resourceType: string | null
  readonly resourceId: string | null
  readonly patient: string | null
  readonly data: unknown
}

export type Wanted = {
  readonly after: Position
  readonly limit: number
  readonly kinds?: readonly string[] | undefined
  readonly resourceTypes?: readonly string[] | undefined
  readonly tenant?: TenantId
  /** IANA zone in which `at` is written. */
  readonly timeZone: string
}

export type Stretch = {
  readonly entries: readonly LogEntry[]
  /** Everything up to here has been looked at; equal to `after` where nothing was there. */
  readonly upTo: Position
  /** True where more entries stand ready after `upTo`. */
  readonly hasMore: boolean
  /** True where committed entries wait for an older transaction that is still open: ask again soon. */
  readonly isHeldBack: boolean
}

/** The next stretch of the log after a position: up to `limit` wanted entries among the next `mostEntriesScanned`. */
export async function readStretch(from: Queryable, wanted: Wanted): Promise<Stretch> {
  const { xid, seq } = placeOf(wanted.after)
  const scan = scanSize(wanted)
  const [end] = await from.query(sql<End>`
    with horizon as materialized (
      select pg_snapshot_xmin(pg_current_snapshot()) as xid
    ),
    scanned as (
      select entry.xid, entry.seq
      from events.entry, horizon
      where (entry.xid, entry.seq) > (${xid}::xid8, ${seq}::bigint) and entry.xid < horizon.xid
      order by entry.xid, entry.seq
      limit ${scan}
    )
    select
      (select count(*) from scanned)::integer as scanned,
      (select array[scanned.xid::text, scanned.seq::text] from scanned order by scanned.xid desc, scanned.seq desc limit 1) as last,
      exists(select from events.entry where entry.xid >= (select xid from horizon)) as "isHeldBack"`)
  const last = end?.last
  if (!end || !last)
    return { entries: [], upTo: wanted.after, hasMore: false, isHeldBack: end?.isHeldBack ?? false }
  const entries = await entriesUpTo(from, wanted, positionOf({ xid: last[0], seq: last[1] }))
  const scannedUpTo = positionOf({ xid: last[0], seq: last[1] })
  const upTo = (entries.length === wanted.limit && entries.at(-1)?.position) || scannedUpTo
  return {
    entries,
    upTo,
    hasMore: upTo !== scannedUpTo || end.scanned === scan,
    isHeldBack: end.isHeldBack,
  }
}

function scanSize({ limit, kinds, resourceTypes, tenant }: Wanted): number {
  const isForAll = (!kinds || kinds.length === 0) && !resourceTypes && tenant === undefined
  return isForAll ? limit : Math.min(limit * scannedPerWanted, mostEntriesScanned)
}

type End = {
  readonly scanned: number
  readonly last: readonly [xid: string, seq: string] | null
  readonly isHeldBack: boolean
}

/** Wanted entries in a range that no transaction can add to any more. */
async function entriesUpTo(from: Queryable, wanted: Wanted, last: Position): Promise<readonly LogEntry[]> {
  const after = placeOf(wanted.after)
  const until = placeOf(last)
  const types = wanted.resourceTypes ?? null
  const rows = await from.query(sql<Row>`
    select
      xid::text as xid, seq::text as seq, at, tenant, version, kind, actor,
      resource_type as "resourceType", resource_id as "resourceId", patient, data
    from events.entry
    where (xid, seq) > (${after.xid}::xid8, ${after.seq}::bigint)
      and (xid, seq) <= (${until.xid}::xid8, ${until.seq}::bigint)
      and kind like any (${kindPatterns(wanted.kinds)}::text[])
      and (${types}::text[] is null or resource_type = any (${types}::text[]))
      and (${wanted.tenant ?? null}::integer is null or tenant = ${wanted.tenant ?? null}::integer)
    -- Qualified: the bare names would be the texts in the select list.
    order by entry.xid, entry.seq
    limit ${wanted.limit}`)
  return rows.map((row) => entryOf(row, wanted.timeZone))
}

/** Up to `limit` wanted entries, looking on over stretches in which none is. */
export async function readWanted(from: Queryable, wanted: Wanted): Promise<readonly LogEntry[]> {
  const found: LogEntry[] = []
  for (let after = wanted.after; ; ) {
    const stretch = await readStretch(from, { ...wanted, after, limit: wanted.limit - found.length })
    found.push(...stretch.entries)
    if (!stretch.hasMore || found.length >= wanted.limit) return found
    after = stretch.upTo
  }
}

/** The newest entry that is committed; held-back ones count where `withHeldBack`. `''` for an empty log. */
export async function newestPosition(from: Queryable, withHeldBack: boolean): Promise<Position> {
  const [row] = await from.query(sql<{ xid: string; seq: string }>`
    select xid::text as xid, seq::text as seq
    from events.entry
    where ${withHeldBack}::boolean or xid < pg_snapshot_xmin(pg_current_snapshot())
    order by entry.xid desc, entry.seq desc
    limit 1`)
  return row ? positionOf(row) : ('' as Position)
}

function entryOf(row: Row, timeZone: string): LogEntry {
  const position = positionOf(row)
  return {
    position,
    id: position,
    at: instantOf(epochMs(row.at), timeZone),
    tenant: row.tenant,
    actor: row.actor,
    kind: row.kind,
    ...(row.resourceType === null ? {} : { resourceType: row.resourceType }),
    ...(row.resourceId === null ? {} : { resourceId: row.resourceId }),
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.patient === null ? {} : { patient: row.patient }),
    ...(row.data === null ? {} : { data: row.data }),
  }
}
