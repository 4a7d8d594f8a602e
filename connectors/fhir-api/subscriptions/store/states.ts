/** What is asked for and how far it is, together: for `$status`, tokens and the monitor. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { SubscriptionDefinition, SubscriptionStatus } from '../definition/definition.ts'

export type SubscriptionState = {
  readonly id: string
  readonly status: SubscriptionStatus
  readonly owner: string
  readonly definition: SubscriptionDefinition
  readonly lastEvent: number
  readonly delivered: number
  readonly skipped: number
  readonly failures: number
  readonly failingSince?: Instant
  readonly lastError: string | null
  readonly lastSent?: Instant
}

export type StatesWanted = {
  readonly tenant: TenantId
  /** All where empty. */
  readonly ids: readonly string[]
  /** All where empty. */
  readonly statuses: readonly string[]
  readonly owner?: string
  readonly channel?: string
  /** Id of the last one of the page before. */
  readonly after?: string
  readonly limit: number
  /** IANA zone of instants. */
  readonly timeZone: string
}

/** By id, ascending; deleted ones are off. */
export async function subscriptionStates(
  from: Queryable,
  wanted: StatesWanted,
): Promise<readonly SubscriptionState[]> {
  const { tenant, ids, statuses, owner = null, channel = null, after = '', limit } = wanted
  const rows = await from.query(sql<StateRow>`
    select asked.id, asked.status, asked.owner, asked.definition, delivery.last_event::text as "lastEvent",
      delivery.delivered::text as delivered, delivery.skipped::text as skipped, delivery.failures,
      delivery.failing_since as "failingSince", delivery.last_error as "lastError", delivery.last_sent as "lastSent"
    from subscriptions.subscription asked
    join subscriptions.delivery on delivery.tenant = asked.tenant and delivery.subscription = asked.id
    where asked.tenant = ${tenant} and asked.id > ${after}
      and (${ids.length} = 0 or asked.id = any (${ids}::text[]))
      and (${statuses.length} = 0 or asked.status = any (${statuses}::text[]))
      and (${owner}::text is null or asked.owner = ${owner}::text)
      and (${channel}::text is null or asked.channel = ${channel}::text)
    order by asked.id
    limit ${limit}`)
  return rows.map(({ failingSince, lastSent, ...row }) => ({
    ...row,
    ...(failingSince === null ? {} : { failingSince: instantOf(epochMs(failingSince), wanted.timeZone) }),
    ...(lastSent === null ? {} : { lastSent: instantOf(epochMs(lastSent), wanted.timeZone) }),
    lastEvent: Number(row.lastEvent),
    delivered: Number(row.delivered),
    skipped: Number(row.skipped),
  }))
}

type StateRow = Omit<
  SubscriptionState,
  'lastEvent' | 'delivered' | 'skipped' | 'failingSince' | 'lastSent'
> & {
  readonly failingSince: string | null
  readonly lastSent: string | null
  readonly lastEvent: string
  readonly delivered: string
  readonly skipped: string
}
