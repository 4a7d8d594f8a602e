/** Changes of state that the platform makes: of the row and of the resource together, as a new version that everybody sees. */

import type { Subscription } from '@xinglin/fhir'
import type { SubscriptionStatus } from '../definition/definition.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import { keepReason } from '../store/deliveries.ts'
import type { SubscriptionKey } from '../store/rows.ts'
import { lockSubscription, setStatus } from '../store/subscriptions.ts'

/** Name of the system actor that changes states; the rule on Subscriptions lets it pass. */
export const stateKeeper = 'subscriptions'

export type NextState = {
  readonly status: SubscriptionStatus
  /** The state that was worked on; a resource written since keeps what its writer asked for. */
  readonly revision: string
  /** Shown in Subscription.error; of ours, without content of records. */
  readonly error?: string
}

/** Sets status and error; false where the subscription was written by others meanwhile. */
export async function moveTo(
  kernel: SubscriptionsKernel,
  key: SubscriptionKey,
  next: NextState,
): Promise<boolean> {
  const { identity, events } = kernel
  const head = next.status === 'active' ? await events.head() : undefined
  return identity.recordsFor(identity.systemActor(stateKeeper, key.tenant)).commit(async (unit) => {
    const row = await lockSubscription(unit.transaction, key)
    if (!row || row.revision !== next.revision) return false
    await setStatus(unit.transaction, key, {
      status: next.status,
      ...(head === undefined ? {} : { activeAfter: head }),
    })
    if (next.error !== undefined) await keepReason(unit.transaction, key, { at: unit.at, reason: next.error })
    const version = await unit.read('Subscription', key.id)
    if (!version || version.interaction === 'delete') return true
    const { error: _past, ...resource } = JSON.parse(version.json) as Subscription
    await unit.write([
      {
        kind: 'update',
        resource: {
          ...resource,
          status: next.status,
          ...(next.error === undefined ? {} : { error: next.error }),
        },
      },
    ])
    return true
  })
}
