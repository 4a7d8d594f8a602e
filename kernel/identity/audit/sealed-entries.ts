/** Entries of the trail in its own order, up to the last seal: what is taken from here is never overtaken by an older one. */
import { type Queryable, sql } from '@xinglin/database'
import { instantOf } from '@xinglin/fhir'
import type { AuditEntry } from '../identity.ts'
import type { Place } from './proof/entry-text.ts'

/** An entry and its place. */
export type TrailEntry = AuditEntry & Place

/** Sealed entries after a place, in the order of the trail. */
export async function sealedEntries(
  from: Queryable,
  { after, limit, timeZone }: { readonly after: Place; readonly limit: number; readonly timeZone: string },
): Promise<readonly TrailEntry[]> {
  const rows = await from.query(sql<TrailEntry>`
    select xid::text, id::text, at, tenant, actor, actor_display as "actorDisplay", address, action,
      resource_type as "resourceType", resource_id as "resourceId", patient, patients, detail, outcome,
      purpose, client, session
    from identity.audit as entry
    where (xid, id) > (${after.xid}::xid8, ${after.id}::bigint)
      and (xid, id) <= (select last_xid, last_id from trail.seal order by number desc limit 1)
    order by entry.xid, entry.id
    limit ${limit}`)
  return rows.map((row) => {
    const stated = Object.entries(row).filter(([, value]) => value !== null)
    return { ...(Object.fromEntries(stated) as TrailEntry), at: instantOf(Date.parse(row.at), timeZone) }
  })
}
