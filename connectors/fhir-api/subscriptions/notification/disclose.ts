/** The trace of what was shown (law 5): one audit entry for each event of a notification, before it leaves. */

import type { Actor } from '@xinglin/identity'
import type { SubscriptionsKernel } from '../kernel.ts'
import type { EventRow } from '../store/rows.ts'
import type { ShownEvent } from './content.ts'

/** Audits every event of a notification under the subscription's owner; refused ones as refused. */
export async function auditNotification(
  { identity }: SubscriptionsKernel,
  actor: Actor,
  told: {
    readonly subscription: string
    readonly isEmpty: boolean
    readonly rows: readonly EventRow[]
    readonly events: readonly ShownEvent[]
  },
): Promise<void> {
  for (const [index, { number, shown }] of told.events.entries()) {
    const row = told.rows[index]
    const detail = `Subscription/${told.subscription} event ${number}`
    if (told.isEmpty || !row)
      await identity.audit(actor, { action: 'subscription.notify', outcome: 'allowed', detail })
    else
      await identity.audit(actor, {
        action: 'subscription.notify',
        outcome: shown ? 'allowed' : 'refused',
        resourceType: row.type,
        resourceId: row.id,
        ...(row.patient === null ? {} : { patient: row.patient }),
        detail: shown && shown.context.length > 0 ? `${detail} with ${shown.context.length} more` : detail,
      })
  }
}
