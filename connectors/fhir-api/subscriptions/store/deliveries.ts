/** How far each subscription is: claims of turns, numbers delivered, failures. */
import { type Queryable, sql } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import { leaseMarginSeconds } from '../limits.ts'
import type { Progress, SubscriptionKey, SubscriptionRow } from './rows.ts'

/** A turn at one subscription: nobody else works on it until the lease ends. */
export type Turn = SubscriptionRow & {
  readonly claim: string
  readonly lastEvent: number
  readonly delivered: number
  readonly failures: number
}

export type ClaimOptions = {
  /** Names the turn; another one for each call. */
  readonly claim: string
  readonly at: Instant
  readonly limit: number
  /** Those whose last attempt failed, or the others. */
  readonly failing: boolean
}

/**
 * Takes subscriptions at which something is due: a handshake, an end, and for a rest-hook undelivered events or a
 * heartbeat. The lease is counted by the database's clock, which all processes share.
 */
export async function claimTurns(from: Queryable, options: ClaimOptions): Promise<readonly Turn[]> {
  const { claim, at, limit, failing } = options
  const rows = await from.query(sql<TurnRow>`
    with due as (
      select delivery.tenant, delivery.subscription
      from subscriptions.delivery
      join subscriptions.subscription asked on asked.tenant = delivery.tenant and asked.id = delivery.subscription
      where asked.status in ('requested', 'active')
        and (delivery.failures > 0) = ${failing}::boolean
        and (delivery.claimed_until is null or delivery.claimed_until < clock_timestamp())
        and (
          asked.ends <= ${at}::timestamptz
          or ((delivery.retry_at is null or delivery.retry_at <= ${at}::timestamptz) and (
            asked.status = 'requested'
            or (asked.channel = 'rest-hook' and (
              delivery.last_event > delivery.delivered
              or delivery.last_sent + make_interval(secs => (asked.definition ->> 'heartbeatSeconds')::float8) <= ${at}::timestamptz
            ))
          ))
        )
      order by delivery.claimed_until nulls first
      for update of delivery skip locked
      limit ${limit}
    )
    update subscriptions.delivery
    set claim = ${claim}, claimed_until = clock_timestamp()
      + make_interval(secs => (asked.definition ->> 'timeoutSeconds')::float8 + ${leaseMarginSeconds}::float8)
    from due
    join subscriptions.subscription asked on asked.tenant = due.tenant and asked.id = due.subscription
    where delivery.tenant = due.tenant and delivery.subscription = due.subscription
    returning asked.tenant, asked.id, asked.status, asked.owner, asked.scopes, asked.definition, asked.headers,
      asked.revision, asked.active_after as "activeAfter", delivery.claim, delivery.last_event::text as "lastEvent",
      delivery.delivered::text as delivered, delivery.failures`)
  return rows.map((row) => ({ ...row, lastEvent: Number(row.lastEvent), delivered: Number(row.delivered) }))
}

type TurnRow = Omit<Turn, 'lastEvent' | 'delivered'> & {
  readonly lastEvent: string
  readonly delivered: string
}

/** Keeps a success; gives the newest event's number, undefined where the turn was lost or something else is asked for now. */
export async function keepSuccess(
  database: Queryable,
  turn: Turn,
  success: { readonly at: Instant; readonly delivered: number },
): Promise<number | undefined> {
  const [row] = await database.query(sql<{ lastEvent: string; isCurrent: boolean }>`
    update subscriptions.delivery
    set delivered = greatest(delivered, ${success.delivered}), last_sent = ${success.at}::timestamptz,
      failures = 0, failing_since = null, last_error = null, retry_at = null,
      claimed_until = clock_timestamp() + make_interval(secs => ${turn.definition.timeoutSeconds + leaseMarginSeconds}::float8)
    where tenant = ${turn.tenant} and subscription = ${turn.id} and claim = ${turn.claim}
    returning last_event::text as "lastEvent", exists (
      select from subscriptions.subscription asked
      where asked.tenant = ${turn.tenant} and asked.id = ${turn.id} and asked.revision = ${turn.revision}
    ) as "isCurrent"`)
  return row?.isCurrent ? Number(row.lastEvent) : undefined
}

/** Keeps a failure with the moment of the next try. */
export async function keepFailure(
  database: Queryable,
  turn: Turn,
  failure: { readonly at: Instant; readonly reason: string; readonly retryAt: Instant },
): Promise<void> {
  await database.query(sql`
    update subscriptions.delivery
    set failures = failures + 1, failing_since = coalesce(failing_since, ${failure.at}::timestamptz),
      last_error = ${failure.reason}, retry_at = ${failure.retryAt}::timestamptz
    where tenant = ${turn.tenant} and subscription = ${turn.id} and claim = ${turn.claim}`)
}

/** Keeps why a subscription stands still, whoever found out. */
export async function keepReason(
  from: Queryable,
  { tenant, id }: SubscriptionKey,
  { at, reason }: { readonly at: Instant; readonly reason: string },
): Promise<void> {
  await from.query(sql`
    update subscriptions.delivery
    set last_error = ${reason}, failing_since = coalesce(failing_since, ${at}::timestamptz)
    where tenant = ${tenant} and subscription = ${id}`)
}

/** Gives the turn back; others, or this process again, may take the next one at once. */
export async function endTurn(database: Queryable, turn: Turn): Promise<void> {
  await database.query(sql`
    update subscriptions.delivery
    set claim = null, claimed_until = clock_timestamp()
    where tenant = ${turn.tenant} and subscription = ${turn.id} and claim = ${turn.claim}`)
}

/** How far one subscription is; undefined where there never was one. */
export async function readProgress(from: Queryable, key: SubscriptionKey): Promise<Progress | undefined> {
  const [row] = await from.query(sql<{
    lastEvent: string
    delivered: string
    skipped: string
    failures: number
    lastError: string | null
  }>`
    select last_event::text as "lastEvent", delivered::text as delivered, skipped::text as skipped, failures,
      last_error as "lastError"
    from subscriptions.delivery
    where tenant = ${key.tenant} and subscription = ${key.id}`)
  return (
    row && {
      ...row,
      lastEvent: Number(row.lastEvent),
      delivered: Number(row.delivered),
      skipped: Number(row.skipped),
    }
  )
}
