/** What became of messages: settled in the transaction that made it, stated in the log for the screens. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { Statement, TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { Keeping } from './sealing.ts'
import type { Arrival, Door, MessageId, Settlement } from './traffic.ts'

export type Settled = {
  readonly id: MessageId
  readonly tenant: TenantId
  readonly door: Door
  readonly sender: string
  readonly subject: string
  readonly outcome: Settlement['outcome']
}
type Settling = { readonly id: MessageId; readonly settlement: Settlement }

/** Settlements as one insert; a message settled before gets the new settlement, an unknown one makes it fail. */
export function settling(settlements: readonly Settling[], at: Instant): Sql {
  // Rows travel as one json parameter: arrays of arrays (made) have no unnest. The planner takes such rows for a hundred and
  // would read all messages to join them; `limit 1` keeps it to one look each (0.5 ms, 2.0 after 3,000 messages before).
  const rows = JSON.stringify(settlements.map(({ id, settlement }) => ({ message: id, ...settlement })))
  return sql`
    insert into traffic.settlement
      (message, tenant, outcome, settled_at, latency_ms, made, provenance, code, reason, at)
    select
      m.id, m.tenant, given.outcome, ${at}::timestamptz,
      greatest(0, extract(epoch from ${at}::timestamptz - m.received_at) * 1000),
      coalesce(given.made, '{}'), given.provenance, given.code, given.reason, given.at
    from json_to_recordset(${rows}::json) as given
      (message bigint, outcome text, made text[], provenance text, code text, reason text, at text)
    left join lateral (
      select id, tenant, received_at from traffic.message where id = given.message limit 1
    ) as m on true
    on conflict (message) do update set
      outcome = excluded.outcome,
      settled_at = excluded.settled_at,
      made = excluded.made,
      provenance = excluded.provenance,
      code = excluded.code,
      reason = excluded.reason,
      at = excluded.at`
}

/** What the journal knows of a message that is being settled. */
export async function settledOf(
  transaction: Queryable,
  id: MessageId,
  { outcome }: Settlement,
): Promise<Settled | undefined> {
  const [message] = await transaction.query(sql<Omit<Settled, 'id' | 'outcome'>>`
    select tenant, door, sender, subject
    from traffic.message
    where id = ${id}::bigint`)
  return message && { ...message, id, outcome }
}

/** A message with what became of it. */
export type Recorded = {
  readonly arrival: Arrival & { readonly receivedAt?: Instant }
  readonly settlement: Settlement
}

/** Writes messages with their settlements in one statement; answers their ids in the given order. */
export async function writeRecorded(
  transaction: Queryable,
  recorded: readonly Recorded[],
  { at, keeping }: { readonly at: Instant; readonly keeping: Keeping },
): Promise<readonly MessageId[]> {
  const kept = await Promise.all(recorded.map(({ arrival }) => keeping.keep(arrival)))
  // Bytes travel as a binary array, the rest as one json parameter: arrays of arrays (made) have no unnest.
  const rows = JSON.stringify(recorded.map((each) => recordedRow(each, at)))
  const ids = await transaction.query(sql<{ id: MessageId }>`
    with given as materialized (
      select nextval('traffic.message_id_seq') as id, arrival.*
      from rows from (
        unnest(
          ${kept.map(({ bytes }) => bytes)}::bytea[], ${kept.map(({ isCompressed }) => isCompressed)}::boolean[],
          ${kept.map(({ isSealed }) => isSealed)}::boolean[]),
        json_to_recordset(${rows}::json) as (
          tenant integer, door text, sender text, subject text, "controlId" text, charset text, size integer,
          received timestamptz, outcome text, made text[], provenance text, code text, reason text, at text)
      ) with ordinality as arrival (
        raw, is_compressed, is_sealed, tenant, door, sender, subject, control_id, charset, size_bytes, received_at, outcome,
        made, provenance, code, reason, at, place)
    ),
    stored as (
      insert into traffic.message
        (id, tenant, door, sender, subject, control_id, charset, raw, is_compressed, is_sealed, size_bytes, received_at)
      overriding system value
      select
        id, tenant, door, sender, subject, control_id, charset, raw, is_compressed, is_sealed, size_bytes, received_at
      from given
    )
    insert into traffic.settlement
      (message, tenant, outcome, settled_at, latency_ms, made, provenance, code, reason, at)
    select
      id, tenant, outcome, ${at}::timestamptz,
      greatest(0, extract(epoch from ${at}::timestamptz - received_at) * 1000),
      coalesce(made, '{}'), provenance, code, reason, at
    from given
    order by place
    returning message::text as id`)
  if (ids.length !== recorded.length) throw new Error('the journal answered fewer rows than it was given')
  return ids.map(({ id }) => id).sort((a, b) => Number(BigInt(a) - BigInt(b)))
}

function recordedRow({ arrival, settlement }: Recorded, at: Instant) {
  const { tenant, door, sender, subject, controlId, charset, raw, receivedAt } = arrival
  const arrived = {
    tenant,
    door,
    sender,
    subject,
    controlId,
    charset,
    size: raw.byteLength,
    received: receivedAt ?? at,
  }
  return { ...arrived, ...settlement }
}

/** The log entry of a settlement: enough for a live list, without content. */
export function statementOf(settled: Settled): Statement {
  return {
    kind: `traffic.${settled.outcome}`,
    data: { message: settled.id, door: settled.door, sender: settled.sender, subject: settled.subject },
  }
}
