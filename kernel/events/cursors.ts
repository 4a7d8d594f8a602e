/** The durable side of consumers: cursors, failures and who runs, in `events.consumer`. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { ConsumerState, Position } from './events.ts'
import { kindPatterns } from './kinds.ts'
import { placeOf, positionOf } from './position.ts'
import { mostEntriesScanned } from './read-entries.ts'

export type Cursor = {
  readonly position: Position
  /** Failures in a row. */
  readonly failures: number
  /** How long nobody should try again, in milliseconds; 0 or less: at once. */
  readonly restMs: number
}

type CursorRow = {
  readonly xid: string
  readonly seq: string
  readonly failures: number
  readonly restMs: number
}

/** Makes the consumer known; a new one begins at the start or after everything that is readable now. */
export async function declareConsumer(
  database: Queryable,
  consumer: {
    readonly name: string
    readonly kinds: readonly string[]
    readonly resourceTypes?: readonly string[] | undefined
    readonly from: 'start' | 'now'
  },
): Promise<void> {
  await database.query(sql`
    insert into events.consumer (name, kinds, resource_types, xid, seq)
    values (
      ${consumer.name}, ${consumer.kinds}::text[], ${consumer.resourceTypes ?? null}::text[],
      case when ${consumer.from} = 'now' then pg_snapshot_xmin(pg_current_snapshot()) else '0'::xid8 end, 0)
    on conflict (name) do update set kinds = excluded.kinds, resource_types = excluded.resource_types
      where (events.consumer.kinds, events.consumer.resource_types)
        is distinct from (excluded.kinds, excluded.resource_types)`)
}

/** The cursor as it is committed; undefined for a name that never ran. */
export async function readCursor(from: Queryable, name: string): Promise<Cursor | undefined> {
  const [row] = await from.query(sql<CursorRow>`
    select
      xid::text as xid, seq::text as seq, failures,
      coalesce(extract(epoch from retry_at - clock_timestamp()) * 1000, 0)::float8 as "restMs"
    from events.consumer
    where name = ${name}`)
  return row && { position: positionOf(row), failures: row.failures, restMs: row.restMs }
}

/**
 * True where this transaction now runs the consumer; another process that does makes it false. An advisory lock takes
 * no transaction id, as a row lock would: the log's readers wait for every open id, so a slow handler holds them back
 * only from its first write on.
 */
export async function takeTurn(transaction: Transaction, name: string): Promise<boolean> {
  const [row] = await transaction.query(sql<{ isTaken: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('events.consumer'), hashtext(${name})) as "isTaken"`)
  return row?.isTaken ?? false
}

/** Like `takeTurn`, waiting for the process that runs it now. */
export async function awaitTurn(transaction: Transaction, name: string): Promise<void> {
  await transaction.query(sql`
    select pg_advisory_xact_lock(hashtext('events.consumer'), hashtext(${name}))`)
}

/** Sets the cursor and forgets failures. */
export async function moveCursor(to: Queryable, name: string, position: Position): Promise<void> {
  const { xid, seq } = placeOf(position)
  await to.query(sql`
    update events.consumer
    set xid = ${xid}::xid8, seq = ${seq}::bigint, failures = 0, failure = null, retry_at = null
    where name = ${name}`)
}

/** Keeps what went wrong and when anybody may try again. */
export async function recordFailure(
  database: Queryable,
  name: string,
  failure: { readonly reason: string; readonly restMs: number },
): Promise<void> {
  await database.query(sql`
    update events.consumer
    set failures = failures + 1, failure = ${failure.reason},
      retry_at = clock_timestamp() + make_interval(secs => ${failure.restMs / 1000}::float8)
    where name = ${name}`)
}

type StateRow = { name: string; xid: string; seq: string; entriesBehind: number; failure: string | null }

/** Every consumer that ever ran; entries behind are counted among the next `mostEntriesScanned` of the log at most. */
export async function consumerStates(database: Queryable): Promise<readonly ConsumerState[]> {
  const consumers = await database.query(sql<{ name: string; kinds: readonly string[] }>`
    select name, kinds from events.consumer order by name`)
  const patterns = consumers.map(({ kinds }) => sql.json(kindPatterns(kinds)))
  const rows = await database.query(sql<StateRow>`
    select consumer.name, consumer.xid::text as xid, consumer.seq::text as seq, consumer.failure,
      (
        select count(*)
        from (
          select entry.kind, entry.resource_type
          from events.entry
          where (entry.xid, entry.seq) > (consumer.xid, consumer.seq)
          order by entry.xid, entry.seq
          limit ${mostEntriesScanned}
        ) as next
        where next.kind like any (array(select jsonb_array_elements_text(known.patterns::jsonb)))
          and (consumer.resource_types is null or next.resource_type = any (consumer.resource_types))
      )::integer as "entriesBehind"
    from unnest(${consumers.map(({ name }) => name)}::text[], ${patterns}::text[]) as known (name, patterns)
    join events.consumer using (name)
    order by consumer.name`)
  return rows.map((row) => ({
    name: row.name,
    position: positionOf(row),
    entriesBehind: row.entriesBehind,
    ...(row.failure === null ? {} : { failure: row.failure }),
  }))
}
