/** Events of subscriptions: numbered from 1 without gaps, in the order of the log. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { EventRow, SubscriptionKey } from './rows.ts'

export type NewEvent = { readonly of: SubscriptionKey; readonly event: Omit<EventRow, 'number'> }

/** Numbers and keeps events in the given order: one statement, in the transaction that moves the reader of the log on. */
export async function appendEvents(transaction: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await transaction.query(sql`
    with fresh as (
      select tenant, id, at, type, resource, version, patient,
        row_number() over (partition by tenant, id order by ordinality) as place
      from rows from (
        jsonb_to_recordset(${sql.json(events.map(freshOf))}::jsonb) as (
          tenant integer, id text, at timestamptz, type text, resource text, version integer, patient text)
      ) with ordinality
    ),
    counted as (
      update subscriptions.delivery
      set last_event = last_event + more.count
      from (select tenant, id, count(*) as count from fresh group by tenant, id) as more
      where delivery.tenant = more.tenant and delivery.subscription = more.id
      returning delivery.tenant, delivery.subscription as id, delivery.last_event - more.count as before
    )
    insert into subscriptions.event (tenant, subscription, number, at, resource_type, resource_id, version, patient)
    select tenant, id, counted.before + fresh.place, at, type, resource, version, patient
    from fresh
    join counted using (tenant, id)`)
}

function freshOf({ of, event }: NewEvent) {
  const { id: resource, ...told } = event
  return { ...told, resource, tenant: of.tenant, id: of.id }
}

export type EventRange = { readonly from: number; readonly until: number; readonly limit: number }

/** Events with numbers `from` to `until`, in order, at most `limit`. */
export async function readEvents(
  from: Queryable,
  key: SubscriptionKey,
  { range, timeZone }: { readonly range: EventRange; readonly timeZone: string },
): Promise<readonly EventRow[]> {
  const rows = await from.query(sql<Omit<EventRow, 'at' | 'number'> & { number: string; at: string }>`
    select number::text as number, at, resource_type as type, resource_id as id, version, patient
    from subscriptions.event
    where tenant = ${key.tenant} and subscription = ${key.id} and number between ${range.from} and ${range.until}
    order by event.number
    limit ${range.limit}`)
  return rows.map((row) => ({ ...row, number: Number(row.number), at: localInstant(row.at, timeZone) }))
}

function localInstant(at: string, timeZone: string): Instant {
  return instantOf(epochMs(at), timeZone)
}
