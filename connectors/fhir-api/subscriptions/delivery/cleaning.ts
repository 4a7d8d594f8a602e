/** Removes what is kept long enough: delivered events, used-up tokens; and switches off what nobody has fetched for a month. */

import { sql } from '@xinglin/database'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { SubscriptionsKernel } from '../kernel.ts'
import { cleaningMs, keptDays, mostUndelivered, undeliveredDays } from '../limits.ts'
import type { SubscriptionKey } from '../store/rows.ts'
import { moveTo } from './state.ts'

const dayMs = 86_400_000
/** Rows of one statement: a long backlog is removed in pieces. */
const rowsAtOnce = 10_000

/** Cleans now and then until stopped; several processes may do so at once. */
export function startCleaning(kernel: SubscriptionsKernel): { stop(): Promise<void> } {
  let working: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    working = working
      .then(() => clean(kernel))
      .catch((error: unknown) => {
        kernel.runtime.log.warn('old events were not removed', {
          reason: error instanceof Error ? error.name : typeof error,
        })
      })
  }, cleaningMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await working
    },
  }
}

/** One cleaning. */
export async function clean(kernel: SubscriptionsKernel): Promise<void> {
  const { database, runtime } = kernel
  const before = (days: number) => instantOf(epochMs(runtime.now()) - days * dayMs, runtime.timeZone)
  await switchOffAbandoned(kernel, before(undeliveredDays))
  await removeDelivered(kernel, before(keptDays))
  await database.query(
    sql`delete from subscriptions.binding_token where ends < ${runtime.now()}::timestamptz`,
  )
}

async function removeDelivered({ database }: SubscriptionsKernel, before: Instant): Promise<void> {
  for (;;) {
    const removed = await database.query(sql`
      delete from subscriptions.event
      where ctid = any (array(
        select event.ctid
        from subscriptions.event
        join subscriptions.delivery using (tenant, subscription)
        join subscriptions.subscription asked on asked.tenant = event.tenant and asked.id = event.subscription
        where event.at < ${before}::timestamptz and (event.number <= delivery.delivered or asked.status = 'off')
        limit ${rowsAtOnce}
      ))
      returning number`)
    if (removed.length < rowsAtOnce) return
  }
}

/** A receiver that has been away for a month, or for a hundred thousand events, must fetch anew anyway. */
async function switchOffAbandoned(kernel: SubscriptionsKernel, before: Instant): Promise<void> {
  const abandoned = await kernel.database.query(sql<SubscriptionKey & { revision: string }>`
    select asked.tenant, asked.id, asked.revision
    from subscriptions.subscription asked
    join subscriptions.delivery on delivery.tenant = asked.tenant and delivery.subscription = asked.id
    where asked.status <> 'off' and delivery.last_event > delivery.delivered
      and (
        delivery.last_event - delivery.delivered > ${mostUndelivered}
        or exists (
          select from subscriptions.event
          where event.tenant = asked.tenant and event.subscription = asked.id
            and event.number = delivery.delivered + 1 and event.at < ${before}::timestamptz))`)
  for (const key of abandoned) {
    kernel.runtime.log.warn('a subscription is switched off: too much was not delivered', {
      subscription: key.id,
    })
    await moveTo(kernel, key, {
      status: 'off',
      revision: key.revision,
      error: 'switched off: events were not delivered for too long or are too many',
    })
  }
}
