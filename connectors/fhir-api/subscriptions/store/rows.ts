/** Rows of the schema `subscriptions` as its parts see them. */
import type { TenantId } from '@xinglin/events'
import type { Instant, ResourceType } from '@xinglin/fhir'
import type { SubscriptionDefinition, SubscriptionStatus } from '../definition/definition.ts'

export type SubscriptionKey = { readonly tenant: TenantId; readonly id: string }

/** What is asked for and by whom. */
export type SubscriptionRow = SubscriptionKey & {
  readonly status: SubscriptionStatus
  readonly owner: string
  readonly scopes: readonly string[]
  readonly definition: SubscriptionDefinition
  readonly headers: readonly string[]
  readonly revision: string
  readonly activeAfter: string | null
}

/** Numbers of events; the first event is 1. */
export type Progress = {
  readonly lastEvent: number
  readonly delivered: number
  readonly skipped: number
  readonly failures: number
  readonly lastError: string | null
}

/** One event of one subscription. */
export type EventRow = {
  readonly number: number
  readonly at: Instant
  readonly type: ResourceType
  readonly id: string
  readonly version: number
  readonly patient: string | null
}
