/** Topic-based subscriptions (Subscriptions R5 Backport 1.1.0 for R4): rules for what is written, and the work that tells of changes. */

import type { Migrations } from '@xinglin/database'
import { subscriptionRoutes } from './administration/routes.ts'
import { startCleaning } from './delivery/cleaning.ts'
import { startDelivering } from './delivery/worker.ts'
import type { SubscriptionsKernel } from './kernel.ts'
import { createMatcher } from './matching/match.ts'
import { readPermission, resumePermission, topicPermission } from './permissions.ts'
import { subscriptionRule } from './rules/subscription-rule.ts'
import { topicRule } from './rules/topic-rule.ts'
import type { SubscriptionSettings } from './settings.ts'
import { openSockets } from './sockets/hub.ts'

export type { SubscriptionSettings } from './settings.ts'

/** Tables of the schema `subscriptions`. */
export const subscriptionsMigrations: Migrations = {
  name: 'subscriptions',
  folder: new URL('./migrations/', import.meta.url),
}

/** Governs what is written and opens what clients call, in processes with the role web. */
export function openSubscriptions(kernel: SubscriptionsKernel, settings: SubscriptionSettings): void {
  govern(kernel, settings)
  subscriptionRoutes(kernel)
  const sockets = openSockets(kernel, settings)
  kernel.web.http.addHook('onClose', () => sockets.stop())
}

function govern(kernel: SubscriptionsKernel, settings: SubscriptionSettings): void {
  kernel.identity.govern('Subscription', subscriptionRule({ kernel, settings }))
  kernel.identity.govern('Basic', topicRule({ kernel, settings }))
  kernel.web.declarePermissions([readPermission, resumePermission, topicPermission])
}

/** Matches changes and delivers notifications, in processes with the role worker. */
export async function startSubscriptions(
  kernel: SubscriptionsKernel,
  settings: SubscriptionSettings,
): Promise<{ stop(): Promise<void> }> {
  govern(kernel, settings)
  const matcher = createMatcher(kernel, settings)
  const deliverer = await startDelivering(kernel, settings)
  const cleaning = startCleaning(kernel)
  matcher.start()
  return {
    async stop() {
      await matcher.stop()
      await Promise.all([deliverer.stop(), cleaning.stop()])
    },
  }
}
