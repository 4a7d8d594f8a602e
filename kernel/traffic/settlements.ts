/** What became of messages: settled in the transaction that made it, stated in the log for the screens. */
import { type Queryable, sql } from '@xinglin/database'
import type { Statement, TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import { keepBytes } from './raw.ts'
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

/** Writes settlements in one statement; answers what was settled. A message settled before gets the new settlement. */
export async function writeSettlements(
  transaction: Queryable,
  settlements: readonly Settling[],
  at: Instant,
): Promise<readonly Settled[]> {
  // Rows travel as one json parameter: arrays of arrays (made) have no unnest.
  const rows = JSON.stringify(settlements.map(({ id, settlement }) => ({ message: id, ...settlement })))
  return transaction.query(sql<Settled>`
    insert into traffic.settlement
      (message, tenant, outcome, settled_at, latency_ms, made, provenance, code, reason, at)
    select
      m.id, m.tenant, given.outcome, ${at}::timestamptz,
      greatest(0, extract(epoch from ${at}::timestamptz - m.received_at) * 1000),
      coalesce(given.made, '{}'), given.provenance, given.code, given.reason, given.at
    from json_to_recordset(${rows}::json) as given
      (message bigint, outcome text, made text[], provenance text, code text, reason text, at text)
    join traffic.message m on m.id = given.message
    on conflict (message) do update set
      outcome = excluded.outcome,
      settled_at = excluded.settled_at,
      made = excluded.made,
      provenance = excluded.provenance,
      code = excluded.code,
      reason = excluded.reason,
      at = excluded.at
    returning
      message::text as id,
      tenant,
      (select door from traffic.message where id = settlement.message) as door,
      (select sender from traffic.message where id = settlement.message) as sender,
      (select subject from traffic.message where id = settlement.message) as subject,
      outcome`)
}

/** Writes a message and its settlement in one statement. */
export async function writeRecorded(
  transaction: Queryable,
  arrival: Arrival & { readonly receivedAt?: Instant },
  settlement: Settlement,
  at: Instant,
): Promise<MessageId> {
  const accepted = settlement.outcome === 'accepted' ? settlement : undefined
  const refused = settlement.outcome === 'refused' ? settlement : undefined
  const receivedAt = arrival.receivedAt ?? at
  const kept = await keepBytes(arrival.raw)
  const rows = await transaction.query(sql<{ id: MessageId }>`
    with stored as (
      insert into traffic.message (tenant, door, sender, subject, control_id, charset, raw, is_compressed, size_bytes, received_at)
      values (
        ${arrival.tenant}, ${arrival.door}, ${arrival.sender}, ${arrival.subject}, ${arrival.controlId},
        ${arrival.charset ?? null}, ${kept.bytes}, ${kept.isCompressed}, ${arrival.raw.byteLength},
        ${receivedAt}::timestamptz)
      returning id
    )
    insert into traffic.settlement
      (message, tenant, outcome, settled_at, latency_ms, made, provenance, code, reason, at)
    select
      id, ${arrival.tenant}, ${settlement.outcome}, ${at}::timestamptz,
      greatest(0, extract(epoch from ${at}::timestamptz - ${receivedAt}::timestamptz) * 1000),
      ${accepted?.made ?? []}::text[], ${accepted?.provenance ?? null},
      ${refused?.code ?? null}, ${refused?.reason ?? null}, ${refused?.at ?? null}
    from stored
    returning message::text as id`)
  const id = rows[0]?.id
  if (!id) throw new Error('the journal answered no row for an insert')
  return id
}

/** The log entry of a settlement: enough for a live list, without content. */
export function statementOf(settled: Settled): Statement {
  return {
    kind: `traffic.${settled.outcome}`,
    data: { message: settled.id, door: settled.door, sender: settled.sender, subject: settled.subject },
  }
}
