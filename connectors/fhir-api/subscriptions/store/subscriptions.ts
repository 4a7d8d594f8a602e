/** The table of subscriptions: who asked for what, and which state it is in. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { SubscriptionDefinition, SubscriptionStatus } from '../definition/definition.ts'
import type { SubscriptionKey, SubscriptionRow } from './rows.ts'

/** One row, locked until the transaction ends where asked; undefined where there never was one. */
export async function lockSubscription(
  transaction: Transaction,
  key: SubscriptionKey,
): Promise<SubscriptionRow | undefined> {
  const [row] = await transaction.query(sql<SubscriptionRow>`
    select tenant, id, status, owner, scopes, definition, headers, revision, active_after as "activeAfter"
    from subscriptions.subscription
    where tenant = ${key.tenant} and id = ${key.id}
    for update`)
  return row
}

/** One row as it is committed; undefined where there never was one. */
export async function readSubscriptionRow(
  from: Queryable,
  key: SubscriptionKey,
): Promise<SubscriptionRow | undefined> {
  const [row] = await from.query(sql<SubscriptionRow>`
    select tenant, id, status, owner, scopes, definition, headers, revision, active_after as "activeAfter"
    from subscriptions.subscription
    where tenant = ${key.tenant} and id = ${key.id}`)
  return row
}

export type NewSubscription = SubscriptionKey & {
  readonly owner: string
  readonly scopes: readonly string[]
  readonly definition: SubscriptionDefinition
  readonly headers: readonly string[]
  readonly revision: string
}

/** Writes what is asked for, to be handshaken with; a new one, or one that begins anew, counts its events from 1. */
export async function putSubscription(
  transaction: Transaction,
  wanted: NewSubscription,
  { beginsAnew }: { readonly beginsAnew: boolean },
): Promise<void> {
  const { tenant, id, owner, scopes, definition, headers, revision } = wanted
  await transaction.query(sql`
    insert into subscriptions.subscription
      (tenant, id, status, owner, scopes, topic, channel, definition, headers, ends, revision)
    values (
      ${tenant}, ${id}, 'requested', ${owner}, ${scopes}::text[], ${definition.topic}, ${definition.channel.kind},
      ${sql.json(definition)}::jsonb, ${sql.json(headers)}::jsonb, ${definition.ends ?? null}::timestamptz, ${revision})
    on conflict (tenant, id) do update set
      status = 'requested', owner = excluded.owner, scopes = excluded.scopes, topic = excluded.topic,
      channel = excluded.channel, definition = excluded.definition, headers = excluded.headers, ends = excluded.ends,
      revision = excluded.revision, changed = nextval('subscriptions.change'),
      active_after = case when ${beginsAnew}::boolean then null else subscription.active_after end`)
  if (beginsAnew) await forgetEvents(transaction, wanted)
  await transaction.query(sql`
    insert into subscriptions.delivery (tenant, subscription)
    values (${tenant}, ${id})
    on conflict (tenant, subscription) do update set failures = 0, retry_at = null`)
}

async function forgetEvents(transaction: Transaction, { tenant, id }: SubscriptionKey): Promise<void> {
  await transaction.query(
    sql`delete from subscriptions.event where tenant = ${tenant} and subscription = ${id}`,
  )
  await transaction.query(
    sql`delete from subscriptions.delivery where tenant = ${tenant} and subscription = ${id}`,
  )
}

/** Moves a subscription to another state; `activeAfter` is set where it never was active. */
export async function setStatus(
  transaction: Transaction,
  key: SubscriptionKey,
  next: { readonly status: SubscriptionStatus; readonly activeAfter?: string; readonly revision?: string },
): Promise<void> {
  await transaction.query(sql`
    update subscriptions.subscription
    set status = ${next.status}, changed = nextval('subscriptions.change'),
      revision = coalesce(${next.revision ?? null}::text, revision),
      active_after = case when ${next.status} = 'off' then null
        else coalesce(active_after, ${next.activeAfter ?? null}::text) end,
      headers = case when ${next.status} = 'off' then '[]'::jsonb else headers end
    where tenant = ${key.tenant} and id = ${key.id}`)
}

/** How many an owner and the institution have that are not off. */
export async function countSubscriptions(
  from: Queryable,
  { tenant, owner }: { readonly tenant: TenantId; readonly owner: string },
): Promise<{ readonly all: number; readonly own: number }> {
  const [row] = await from.query(sql<{ all: number; own: number }>`
    select count(*)::integer as all, (count(*) filter (where owner = ${owner}))::integer as own
    from subscriptions.subscription
    where tenant = ${tenant} and status <> 'off'`)
  return row ?? { all: 0, own: 0 }
}

/** Grows with every change of a subscription or of a topic. */
export async function changeMark(from: Queryable): Promise<string> {
  // A sum: rows are never removed, and numbers taken by transactions that commit late still raise it.
  const [row] = await from.query(sql<{ mark: string }>`
    select (coalesce((select sum(changed) from subscriptions.subscription), 0)
      + coalesce((select sum(changed) from subscriptions.topic), 0))::text as mark`)
  return row?.mark ?? ''
}

/** Those for which events are collected. */
export async function listeningSubscriptions(from: Queryable): Promise<readonly SubscriptionRow[]> {
  return from.query(sql<SubscriptionRow>`
    select tenant, id, status, owner, scopes, definition, '[]'::jsonb as headers, revision, active_after as "activeAfter"
    from subscriptions.subscription
    where status <> 'off' and active_after is not null`)
}
