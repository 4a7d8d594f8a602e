/**
 * The canonical text of an entry, over which its digest is taken: a JSON array of all that it says, made by PostgreSQL.
 * The expression stands here and not in a function of the database, which whoever changes entries could change too.
 */
import { hash } from 'node:crypto'
import { type Queryable, sql } from '@xinglin/database'

export type HashAlgorithm = 'sha256' | 'sm3'

/** A place of the trail: the writing transaction and the number within. */
export type Place = { readonly xid: string; readonly id: string }

export const firstPlace: Place = { xid: '0', id: '0' }

export type EntryText = Place & {
  /** Microseconds since 1970. */
  readonly atUs: string
  readonly text: string
}

/** Entries after a place up to another (all that no open transaction can add to, where it is absent), in the order of the trail. */
export async function entryTexts(
  from: Queryable,
  { after, upTo, limit }: { readonly after: Place; readonly upTo?: Place; readonly limit?: number },
): Promise<readonly EntryText[]> {
  const end = upTo
    ? sql`(xid, id) <= (${upTo.xid}::xid8, ${upTo.id}::bigint)`
    : sql`xid < pg_snapshot_xmin(pg_current_snapshot())`
  return from.query(sql<EntryText>`
    select
      entry.xid::text as xid, entry.id::text as id, us::text as "atUs",
      json_build_array(
        us, tenant, actor, actor_display, address, action, resource_type, resource_id, patient, patients,
        detail, outcome, purpose, client, session)::text as text
    from identity.audit as entry, lateral (select (extract(epoch from at) * 1000000)::bigint as us) as moment
    where (xid, id) > (${after.xid}::xid8, ${after.id}::bigint) and ${end}
    order by entry.xid, entry.id
    limit ${limit ?? null}::bigint`)
}

/** 32 bytes. */
export function digestOf(algorithm: HashAlgorithm, bytes: string | Uint8Array): Buffer {
  return hash(algorithm, bytes, 'buffer')
}
