/** Deliveries in PostgreSQL: asked for with the message that they are made of, taken by their queue, settled in batches. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { Keeping, MessageId, StoredBytes } from '@xinglin/traffic'

/** The queue of one destination. */
export type QueueName = {
  readonly tenant: TenantId
  readonly interface: string
  readonly destination: string
}

export type Asked = {
  readonly message: MessageId
  /** `keyOf` of the message's key. */
  readonly key: string
  readonly contents: readonly {
    readonly stored: StoredBytes
    readonly sizeBytes: number
    readonly destinations: readonly string[]
  }[]
}

/** Writes the deliveries of several messages with the commit, in their order. */
export function askFor(
  transaction: Transaction,
  from: {
    readonly tenant: TenantId
    readonly interface: string
    readonly version: string
    readonly at: Instant
  },
  asked: readonly Asked[],
): void {
  const contents = asked.flatMap(({ message, contents: made }) =>
    made.map(({ stored, sizeBytes }, place) => ({ message, place, stored, sizeBytes })),
  )
  if (contents.length === 0) return
  const deliveries = asked.flatMap(({ message, key, contents: made }) =>
    made.flatMap(({ destinations }, place) =>
      destinations.map((destination) => ({ message, key, place, destination })),
    ),
  )
  transaction.send(sql`
    with content as (
      insert into interfaces.content
        (tenant, message, place, bytes, is_compressed, is_sealed, size_bytes)
      select ${from.tenant}::integer, given.*
      from unnest(
        ${contents.map(({ message }) => message)}::bigint[],
        ${contents.map(({ place }) => place)}::smallint[],
        ${contents.map(({ stored }) => stored.bytes)}::bytea[],
        ${contents.map(({ stored }) => stored.isCompressed)}::boolean[],
        ${contents.map(({ stored }) => stored.isSealed)}::boolean[],
        ${contents.map(({ sizeBytes }) => sizeBytes)}::integer[]) as given
      returning id, message, place
    )
    insert into interfaces.delivery
      (tenant, interface, version, destination, message, content, key, asked_at)
    select
      ${from.tenant}::integer, ${from.interface}, ${from.version}, given.destination, given.message, content.id,
      given.key, ${from.at}::timestamptz
    from unnest(
      ${deliveries.map(({ message }) => message)}::bigint[],
      ${deliveries.map(({ place }) => place)}::smallint[],
      ${deliveries.map(({ key }) => key)}::bigint[],
      ${deliveries.map(({ destination }) => destination)}::text[]
    ) with ordinality as given (message, place, key, destination, nth)
    join content on content.message = given.message and content.place = given.place
    order by given.nth`)
}

/** A delivery that waits, as its queue knows it. */
export type Due = {
  readonly id: string
  readonly key: string
  /** Tries that were answered. */
  tries: number
  /** Not before, by the clock of `performance.now()`; 0: at once. */
  readonly dueMs: number
  readonly controlId: string
  readonly content: () => Promise<Uint8Array>
}

type DueRow = StoredBytes & {
  readonly id: string
  readonly key: string
  readonly tries: number
  readonly nextMs: number | null
  readonly sender: string
  readonly controlId: string
}

/** Of a queue, those that wait behind `after`, or up to it (those that another process wrote meanwhile), in their order. */
export async function readWaiting(
  from: Queryable,
  { tenant, interface: id, destination }: QueueName,
  {
    keeping,
    ...range
  }: {
    readonly keeping: Keeping
    readonly after: string
    readonly upTo: string
    readonly limit: number
  },
): Promise<readonly Due[]> {
  const rows = await from.query(sql<DueRow>`
    select
      delivery.id::text as id,
      delivery.key::text as key,
      delivery.tries,
      (extract(epoch from delivery.next_at) * 1000)::float8 as "nextMs",
      message.sender,
      message.control_id as "controlId",
      content.bytes,
      content.is_compressed as "isCompressed",
      content.is_sealed as "isSealed"
    from (
      select id, key, tries, next_at, message, content
      from interfaces.delivery
      where tenant = ${tenant} and interface = ${id} and destination = ${destination} and state = 'waiting'
        and delivery.id > ${range.after}::bigint and delivery.id <= ${range.upTo}::bigint
      order by delivery.id
      limit ${range.limit}
    ) as delivery
    join lateral (select sender, control_id from traffic.message where id = delivery.message limit 1) as message on true
    join lateral (
      select bytes, is_compressed, is_sealed from interfaces.content where id = delivery.content limit 1
    ) as content on true
    order by delivery.id`)
  return rows.map(({ id: delivery, key, tries, nextMs, sender, controlId, ...stored }) => ({
    ...{ id: delivery, key, tries, dueMs: monotonic(nextMs), controlId },
    content: () => keeping.open(stored, { tenant, door: 'interface', sender, controlId }),
  }))
}

/** An instant of the wall clock on the clock that timers follow. */
function monotonic(atMs: number | null): number {
  return atMs === null ? 0 : Math.max(0, performance.now() + atMs - Date.now())
}

export type SettledDelivery = {
  readonly id: string
  readonly state: 'sent' | 'refused'
  readonly tries: number
  readonly code?: string
  readonly reason?: string
}

/** What became of deliveries, and its count, in one statement; one that is settled already stays as it is. */
export async function settleDeliveries(
  to: Queryable,
  settled: readonly SettledDelivery[],
  at: Instant,
): Promise<void> {
  await to.query(sql`
    with settled as (
    update interfaces.delivery
    set state = given.state, tries = given.tries, code = given.code, reason = given.reason,
      settled_at = ${at}::timestamptz, next_at = null
    from unnest(
      ${settled.map(({ id }) => id)}::bigint[],
      ${settled.map(({ state }) => state)}::text[],
      ${settled.map(({ tries }) => tries)}::integer[],
      ${settled.map(({ code }) => code ?? null)}::text[],
      ${settled.map(({ reason }) => reason ?? null)}::text[]) as given (id, state, tries, code, reason)
    where delivery.id = given.id and delivery.state = 'waiting'
    returning tenant, interface, destination, delivery.state,
      greatest(0, extract(epoch from settled_at - asked_at) * 1000)::bigint as lag_ms
    )
    insert into interfaces.tally as known
      (tenant, interface, destination, minute, done, refused, lag_ms_sum, lag_ms_most)
    select
      tenant, interface, destination, date_trunc('minute', ${at}::timestamptz),
      count(*) filter (where state = 'sent'), count(*) filter (where state = 'refused'), sum(lag_ms), max(lag_ms)
    from settled
    group by tenant, interface, destination
    on conflict (tenant, interface, destination, minute) do update
    set done = known.done + excluded.done, refused = known.refused + excluded.refused,
      lag_ms_sum = known.lag_ms_sum + excluded.lag_ms_sum,
      lag_ms_most = greatest(known.lag_ms_most, excluded.lag_ms_most)`)
}

/** A busy receiver is asked again at `nextAt`, whoever asks then. */
export async function noteTry(
  to: Queryable,
  tried: {
    readonly id: string
    readonly tries: number
    readonly nextAt: Instant
    readonly code: string
    readonly reason: string
  },
): Promise<void> {
  await to.query(sql`
    update interfaces.delivery
    set tries = ${tried.tries}, next_at = ${tried.nextAt}::timestamptz, code = ${tried.code}, reason = ${tried.reason}
    where id = ${tried.id}::bigint and state = 'waiting'`)
}
