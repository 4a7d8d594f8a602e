/** What one subscription asks for, read from its resource and ready to be worked by. */
import type { Instant } from '@xinglin/fhir'

export type PayloadContent = 'empty' | 'id-only' | 'full-resource'
export type SubscriptionStatus = 'requested' | 'active' | 'error' | 'off'
export type Channel =
  | { readonly kind: 'rest-hook'; readonly endpoint: string }
  | { readonly kind: 'websocket' }

export type SubscriptionDefinition = {
  /** Canonical url of the topic, without version. */
  readonly topic: string
  /** `Encounter?patient=Patient/1`, as written. */
  readonly filters: readonly string[]
  readonly channel: Channel
  /** Media type of the notifications. */
  readonly contentType: string
  readonly content: PayloadContent
  /** Absent where no heartbeat is wanted. */
  readonly heartbeatSeconds?: number
  readonly timeoutSeconds: number
  /** Events in one notification at most. */
  readonly maxCount: number
  readonly ends?: Instant
}
