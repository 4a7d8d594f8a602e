/** What a merge moved, written down in its own transaction: an undone merge moves back exactly that. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant, ResourceType } from '@xinglin/fhir'

export type Merge = {
  readonly id: string
  readonly survivor: string
  readonly merged: string
  readonly at: Instant
  readonly actor: string
  readonly actorDisplay: string
  readonly origin: 'desk' | 'message'
  readonly reason: string
  readonly undone: Instant | null
  readonly undoneDisplay: string | null
  readonly undoneReason: string | null
}

export type Moved = {
  readonly type: ResourceType
  readonly id: string
  /** Versions around the merge. */
  readonly before: number
  readonly after: number
}

export type NewMerge = Pick<
  Merge,
  'id' | 'survivor' | 'merged' | 'at' | 'actor' | 'actorDisplay' | 'origin' | 'reason'
> & {
  readonly moved: readonly Moved[]
}

/** Writes a merge and everything that it moved. */
export async function writeMerge(to: Queryable, tenant: TenantId, merge: NewMerge): Promise<void> {
  const { id, survivor, merged, at, actor, actorDisplay, origin, reason, moved } = merge
  await to.query(sql`
    insert into master_index.merge (tenant, id, survivor, merged, at, actor, actor_display, origin, reason)
    values (${tenant}, ${id}, ${survivor}, ${merged}, ${at}, ${actor}, ${actorDisplay}, ${origin}, ${reason})
    on conflict do nothing`)
  await to.query(sql`
    insert into master_index.moved (tenant, merge, type, id, before, after)
    select ${tenant}, ${id}, type, row.id, before, after
    from jsonb_to_recordset(${sql.json(moved)}::jsonb) as row (type text, id text, before integer, after integer)
    on conflict do nothing`)
}

const columns = sql`id, survivor, merged, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor,
  actor_display as "actorDisplay", origin, reason,
  to_char(undone at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as undone,
  undone_display as "undoneDisplay", undone_reason as "undoneReason"`

/** A merge; undefined where there is none of that id. */
export async function readMerge(from: Queryable, tenant: TenantId, id: string): Promise<Merge | undefined> {
  const [merge] = await from.query<Merge>(sql<Merge>`
    select ${columns} from master_index.merge where tenant = ${tenant} and id = ${id}`)
  return merge
}

/** Merges in which a patient took part, or all; the newest first. */
export async function listMerges(
  from: Queryable,
  tenant: TenantId,
  { patient, before, limit }: { readonly patient?: string; readonly before?: string; readonly limit: number },
): Promise<readonly Merge[]> {
  return from.query<Merge>(sql<Merge>`
    select ${columns}
    from master_index.merge
    where tenant = ${tenant}
      ${patient ? sql`and (survivor = ${patient} or merged = ${patient})` : sql``}
      ${before ? sql`and (at, id) < (select at, id from master_index.merge where tenant = ${tenant} and id = ${before})` : sql``}
    order by at desc, id desc
    limit ${limit}`)
}

/** Everything that a merge moved. */
export async function movedBy(from: Queryable, tenant: TenantId, merge: string): Promise<readonly Moved[]> {
  return from.query<Moved>(sql<Moved>`
    select type, id, before, after
    from master_index.moved
    where tenant = ${tenant} and merge = ${merge}
    order by type, id`)
}

/** The merge that stands and by which a patient was merged away; undefined where none does. */
export async function standingMergeOf(
  from: Queryable,
  tenant: TenantId,
  merged: string,
): Promise<Merge | undefined> {
  const [merge] = await from.query<Merge>(sql<Merge>`
    select ${columns}
    from master_index.merge
    where tenant = ${tenant} and merged = ${merged} and undone is null
    order by at desc
    limit 1`)
  return merge
}

/** Marks a merge as undone. */
export async function markUndone(
  to: Queryable,
  tenant: TenantId,
  undone: {
    readonly id: string
    readonly at: Instant
    readonly by: string
    readonly display: string
    readonly reason: string
  },
): Promise<void> {
  await to.query(sql`
    update master_index.merge
    set undone = ${undone.at}, undone_by = ${undone.by}, undone_display = ${undone.display}, undone_reason = ${undone.reason}
    where tenant = ${tenant} and id = ${undone.id}`)
}
