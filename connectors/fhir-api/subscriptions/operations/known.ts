/** The subscription that an operation is called on, as the caller may see it. */

import { gone, notFound } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import type { SubscriptionsKernel } from '../kernel.ts'
import { readProgress } from '../store/deliveries.ts'
import type { Progress, SubscriptionKey, SubscriptionRow } from '../store/rows.ts'
import { readSubscriptionRow } from '../store/subscriptions.ts'

export type Known = { readonly row: SubscriptionRow; readonly progress: Progress }

/** Row and progress after a read of the resource, decided and audited; throws `notFound` or `gone` as a read does. */
export async function knownSubscription(
  { database }: SubscriptionsKernel,
  records: GuardedRecords,
  key: SubscriptionKey,
): Promise<Known> {
  const version = await records.read('Subscription', key.id)
  if (!version) throw absent()
  if (version.interaction === 'delete')
    throw gone('this Subscription was deleted', { code: 'fhir-api.deleted' })
  const [row, progress] = await Promise.all([readSubscriptionRow(database, key), readProgress(database, key)])
  if (!row || !progress) throw absent()
  return { row, progress }
}

function absent() {
  return notFound('there is no such Subscription', { code: 'fhir-api.not-found' })
}
