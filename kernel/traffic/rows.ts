/** Rows of the journal and the messages that they mean. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type Instant, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Door, MadeVersion, Message, MessageId } from './traffic.ts'

type MessageRow = {
  readonly id: MessageId
  readonly tenant: TenantId
  readonly door: Door
  readonly sender: string
  readonly subject: string
  readonly controlId: string
  readonly charset: string | null
  readonly sizeBytes: number
  readonly times: number
  readonly receivedMs: number
  readonly settledMs: number | null
  readonly latencyMs: number | null
  readonly outcome: 'accepted' | 'refused' | null
  readonly made: readonly string[] | null
  readonly provenance: string | null
  readonly code: string | null
  readonly reason: string | null
  readonly at: string | null
}

export type ListOptions = {
  readonly tenant: TenantId
  readonly door?: Door
  readonly outcome?: Message['outcome']
  readonly sender?: string
  readonly text?: string
  readonly before?: MessageId
  readonly limit: number
}

/** The messages with these ids, by id. */
export async function messagesByIds(
  queryable: Queryable,
  runtime: Runtime,
  ids: readonly MessageId[],
): Promise<ReadonlyMap<MessageId, Message>> {
  const rows = await queryable.query(sql<MessageRow>`
    select
      m.id::text as id, m.tenant, m.door, m.sender, m.subject, m.control_id as "controlId", m.charset,
      m.size_bytes as "sizeBytes", m.times,
      (extract(epoch from m.received_at) * 1000)::float8 as "receivedMs",
      (extract(epoch from s.settled_at) * 1000)::float8 as "settledMs",
      s.latency_ms as "latencyMs", s.outcome, s.made, s.provenance, s.code, s.reason, s.at
    from traffic.message m
    left join traffic.settlement s on s.message = m.id
    where m.id = any(${ids}::bigint[])`)
  return new Map(rows.map((row) => [row.id, messageOf(row, runtime)]))
}

/** A door settles a message within this time of taking it, or not at all. */
const longestSettlingSeconds = 60

/** The messages that made versions: the journal has no index by version, but one by time of arrival. */
export async function messagesThatMade(
  queryable: Queryable,
  runtime: Runtime,
  { tenant, versions }: { readonly tenant: TenantId; readonly versions: readonly MadeVersion[] },
): Promise<readonly Message[]> {
  if (versions.length === 0) return []
  const rows = await queryable.query(sql<{ id: MessageId }>`
    select distinct m.id::text as id
    from jsonb_to_recordset(${sql.json(versions)}::jsonb) as wanted(reference text, at timestamptz)
    join traffic.message m
      on m.tenant = ${tenant}
      and m.received_at > wanted.at - make_interval(secs => ${longestSettlingSeconds})
      and m.received_at <= wanted.at
    join traffic.settlement s on s.message = m.id and s.made @> array[wanted.reference]`)
  const messages = await messagesByIds(
    queryable,
    runtime,
    rows.map(({ id }) => id),
  )
  return [...messages.values()]
}

/** One page of messages, newest first. */
export async function messagesListed(
  queryable: Queryable,
  runtime: Runtime,
  options: ListOptions,
): Promise<readonly Message[]> {
  const rows = await queryable.query(options.outcome === 'refused' ? refusedPage(options) : page(options))
  return rows.map((row) => messageOf(row, runtime))
}

function page(options: ListOptions): Sql<MessageRow> {
  const text = options.text ? `%${escapeLike(options.text)}%` : null
  return sql<MessageRow>`
    select
      m.id::text as id, m.tenant, m.door, m.sender, m.subject, m.control_id as "controlId", m.charset,
      m.size_bytes as "sizeBytes", m.times,
      (extract(epoch from m.received_at) * 1000)::float8 as "receivedMs",
      (extract(epoch from s.settled_at) * 1000)::float8 as "settledMs",
      s.latency_ms as "latencyMs", s.outcome, s.made, s.provenance, s.code, s.reason, s.at
    from traffic.message m
    left join traffic.settlement s on s.message = m.id
    where m.tenant = ${options.tenant}
      and m.id < coalesce(${options.before ?? null}::bigint, 9223372036854775807)
      and (${options.door ?? null}::text is null or m.door = ${options.door ?? null})
      and (${options.sender ?? null}::text is null or m.sender = ${options.sender ?? null})
      and (${options.outcome ?? null}::text is null or coalesce(s.outcome, 'received') = ${options.outcome ?? null})
      and (${text}::text is null
        or concat_ws(' ', m.sender, m.subject, m.control_id, s.code, s.reason) ilike ${text})
    order by m.id desc
    limit ${options.limit}`
}

/** Starts from the few settlements that refused, by their own index. */
function refusedPage(options: ListOptions): Sql<MessageRow> {
  const text = options.text ? `%${escapeLike(options.text)}%` : null
  return sql<MessageRow>`
    select
      m.id::text as id, m.tenant, m.door, m.sender, m.subject, m.control_id as "controlId", m.charset,
      m.size_bytes as "sizeBytes", m.times,
      (extract(epoch from m.received_at) * 1000)::float8 as "receivedMs",
      (extract(epoch from s.settled_at) * 1000)::float8 as "settledMs",
      s.latency_ms as "latencyMs", s.outcome, s.made, s.provenance, s.code, s.reason, s.at
    from traffic.settlement s
    join traffic.message m on m.id = s.message
    where s.tenant = ${options.tenant}
      and s.outcome = 'refused'
      and s.message < coalesce(${options.before ?? null}::bigint, 9223372036854775807)
      and (${options.door ?? null}::text is null or m.door = ${options.door ?? null})
      and (${options.sender ?? null}::text is null or m.sender = ${options.sender ?? null})
      and (${text}::text is null
        or concat_ws(' ', m.sender, m.subject, m.control_id, s.code, s.reason) ilike ${text})
    order by s.message desc
    limit ${options.limit}`
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function messageOf(row: MessageRow, runtime: Runtime): Message {
  const at = (ms: number): Instant => instantOf(Math.round(ms), runtime.timeZone)
  return {
    id: row.id,
    tenant: row.tenant,
    door: row.door,
    sender: row.sender,
    subject: row.subject,
    controlId: row.controlId,
    ...(row.charset === null ? {} : { charset: row.charset }),
    receivedAt: at(row.receivedMs),
    ...(row.settledMs === null ? {} : { settledAt: at(row.settledMs) }),
    ...(row.latencyMs === null ? {} : { latencyMs: row.latencyMs }),
    outcome: row.outcome ?? 'received',
    made: row.made ?? [],
    ...(row.provenance === null ? {} : { provenance: row.provenance }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.at === null ? {} : { at: row.at }),
    sizeBytes: row.sizeBytes,
    times: row.times,
  }
}
