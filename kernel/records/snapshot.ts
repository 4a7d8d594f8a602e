/**
 * All resources of a type as they stood at an instant, by pages: for exports that take hours while others write. What was
 * changed since is read from the history. A page costs what it looks at, and what was deleted since the instant.
 */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { Instant, ResourceType } from '@xinglin/fhir'
import type { Version } from './records.ts'
import { type Seeing, seenOf } from './search/row-filter-sql.ts'
import { type VersionRow, versionOf } from './versions.ts'

export type SnapshotQuery = {
  readonly type: ResourceType
  readonly at: Instant
  /** Only what was created, changed or deleted from here on. */
  readonly since?: Instant
  /** Only what stands in the charts of these patients. */
  readonly patients?: readonly string[]
  /** Only what stands in any chart. */
  readonly isOfPatients?: boolean
  /** Where the page before ended; from the beginning where absent. */
  readonly after?: string
  /** Resources looked at, not given: what was made later takes part in the count. */
  readonly count: number
}
export type SnapshotPage = {
  /** Deletions too, where `since` is given; these come first. */
  readonly versions: readonly Version[]
  /** `after` of the next page; absent on the last. */
  readonly next?: string
}

type Place = Seeing
type Row = VersionRow & { readonly key: string; readonly isThere: boolean }
type DeletedRow = VersionRow & { readonly key: string; readonly micros: string }

/** One page; the instant must lie far enough back that everything that began before it has been committed. */
export function readSnapshot(from: Queryable, place: Place, asked: SnapshotQuery): Promise<SnapshotPage> {
  const { since, after } = asked
  if (since !== undefined && (after === undefined || after.startsWith('deleted-')))
    return deletedSince(from, place, { ...asked, since })
  return standing(from, place, { ...asked, after: after ?? '0' })
}

/** In the order in which they were created. A resource that was deleted after the instant still stood then. */
async function standing(
  from: Queryable,
  place: Place,
  asked: SnapshotQuery & { readonly after: string },
): Promise<SnapshotPage> {
  const { timeZone } = place
  const { at, since, after, count } = asked
  const isWanted = sql`${ofType(place, asked)} and key > ${after}::bigint
    and (${since ?? null}::timestamptz is null or updated >= ${since ?? null}::timestamptz)`
  const columns = sql`key, self, type, id, version, updated, deleted, content`
  const rows = await from.query(sql<Row>`
    with page as materialized (
      (select ${columns} from records.current where ${isWanted} and not deleted order by key limit ${count})
      union all
      (
        select ${columns}
        from records.current
        where ${isWanted} and deleted and updated > ${at}::timestamptz
        order by key
        limit ${count})
      order by key
      limit ${count}
    )
    select
      page.key::text as key, page.type::text as type, page.id,
      coalesce(past.version, page.version) as version, coalesce(past.updated, page.updated) as updated,
      coalesce(past.deleted, page.deleted) as deleted, coalesce(past.content, page.content) as content,
      page.updated <= ${at}::timestamptz or past.version is not null as "isThere"
    from page
    left join lateral (
      select history.version, history.updated, history.deleted, history.content
      from records.history
      where history.self = page.self and history.updated <= ${at}::timestamptz
      order by history.version desc
      limit 1
    ) as past on page.updated > ${at}::timestamptz
    order by page.key`)
  const last = rows.at(-1)
  return {
    versions: rows
      .filter((row) => row.isThere && isWithin(row, since))
      .map((row) => versionOf(row, timeZone)),
    ...(last && rows.length === count ? { next: last.key } : {}),
  }
}

/** What was deleted between two instants and is still deleted, in order of time. */
async function deletedSince(
  from: Queryable,
  place: Place,
  asked: SnapshotQuery & { readonly since: Instant },
): Promise<SnapshotPage> {
  const { timeZone } = place
  const { at, since, count } = asked
  const [micros = '0', key = '0'] = (asked.after ?? '').replace('deleted-', '').split('-')
  const updatedMicros = sql`(extract(epoch from updated) * 1000000)::bigint`
  const rows = await from.query(sql<DeletedRow>`
    select key::text as key, type::text as type, id, version, updated, deleted, content, ${updatedMicros}::text as micros
    from records.current
    where ${ofType(place, asked)} and deleted
      and updated >= greatest(${since}::timestamptz, to_timestamp(0) + ${micros || '0'}::bigint * interval '1 microsecond')
      and updated <= ${at}::timestamptz
      and (${updatedMicros}, key) > (${micros || '0'}::bigint, ${key}::bigint)
    order by updated, key
    limit ${count}`)
  const last = rows.at(-1)
  const next = last && rows.length === count ? `deleted-${last.micros}-${last.key}` : '0'
  return { versions: rows.map((row) => versionOf(row, timeZone)), next }
}

function ofType(place: Place, { type, patients, isOfPatients = false }: SnapshotQuery): Sql {
  return sql`
    tenant = ${place.tenant} and type = ${type}::records.resource_type${seenOf(place, { alias: sql.id('current'), type })}
    and (${patients ?? null}::text[] is null or patient = any (${patients ?? null}::text[]))
    and (not ${isOfPatients}::boolean or patient is not null)`
}

/** A version of before `since` is shown by an earlier export; deletions between are shown by `deletedSince`. */
function isWithin({ updated, deleted }: Row, since: Instant | undefined): boolean {
  return !deleted && (since === undefined || Date.parse(updated) >= Date.parse(since))
}
