/** What of the kernel subscriptions use. */
import type { Kernel } from '@xinglin/app'

export type SubscriptionsKernel = Pick<
  Kernel,
  'runtime' | 'database' | 'events' | 'records' | 'identity' | 'terminology' | 'web'
>
