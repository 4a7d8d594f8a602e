/**
 * Goes through older resources for a new parameter, a step at a time, in three states: `announced` until every process has
 * heard of it, `waiting` until every transaction that began before has ended, then `indexing` by batches. Where it stands is
 * a row of the database: any process may go on, and two do not do the same.
 */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { keptForMs } from './own-parameters.ts'

/** What every process has read again after this long, in ms. */
const announcedForMs = 2 * keptForMs

export type OwnBatch = {
  readonly tenant: TenantId
  readonly id: string
  readonly types: readonly string[]
  readonly next: string
  readonly last: string
}

/** Moves announced parameters on, and takes the next one to be indexed, locked; undefined where none is. */
export async function takeOwnBatch(to: Queryable): Promise<OwnBatch | undefined> {
  await to.query(sql`
    update records.parameter
    set state = 'indexing', next = 0, last = (select coalesce(max(key), 0) from records.current)
    where state = 'waiting' and horizon < pg_snapshot_xmin(pg_current_snapshot())`)
  await to.query(sql`
    update records.parameter
    set state = 'waiting', horizon = pg_current_xact_id()
    where state = 'announced' and announced < clock_timestamp() - make_interval(secs => ${announcedForMs / 1000})`)
  const [batch] = await to.query(sql<OwnBatch>`
    select tenant, id, types, next::text as next, last::text as last
    from records.parameter
    where state = 'indexing'
    order by announced, tenant, id
    limit 1
    for update skip locked`)
  return batch
}

/** Notes how far a batch came; at its end searches may ask by the parameter. */
export async function noteOwnBatch(
  to: Queryable,
  { tenant, id, last }: OwnBatch,
  next: string,
): Promise<void> {
  await to.query(sql`
    update records.parameter
    set next = ${next}::bigint, state = case when ${next}::bigint >= ${last}::bigint then 'ready' else 'indexing' end
    where tenant = ${tenant} and id = ${id}`)
}

/** Whether any parameter is on its way. */
export async function isAnyOnItsWay(from: Queryable): Promise<boolean> {
  const rows = await from.query(sql<{ id: string }>`
    select id
    from records.parameter
    where state in ('announced', 'waiting', 'indexing')
    limit 1`)
  return rows.length > 0
}
