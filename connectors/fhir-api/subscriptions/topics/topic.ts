/** R5 SubscriptionTopic as it is used here: what triggers an event, what may be filtered by, what a notification shows. */
import type { ResourceType } from '@xinglin/fhir'

export type TopicInteraction = 'create' | 'update' | 'delete'
/** R5: what a test yields where there is no resource to test. */
export type AbsentResult = 'test-passes' | 'test-fails'

export type Topic = {
  /** Canonical url without version. */
  readonly url: string
  readonly version: string
  readonly title: string
  readonly description: string
  readonly triggers: readonly Trigger[]
  readonly canFilterBy: readonly FilterBy[]
  readonly shapes: readonly NotificationShape[]
}

/** `Resource` stands for every type. */
export type TriggerType = ResourceType | 'Resource'

export type Trigger = {
  readonly resource: TriggerType
  /** All three where empty. */
  readonly interactions: readonly TopicInteraction[]
  readonly query?: QueryCriteria
  /** With `%previous` and `%current`; an empty collection where there is none. */
  readonly fhirPath?: string
}

export type QueryCriteria = {
  /** Search parameters as in a URL: `status:not=in-progress&class=IMP`. */
  readonly previous?: string
  readonly resultForCreate: AbsentResult
  readonly current?: string
  readonly resultForDelete: AbsentResult
  /** Both must hold; else one is enough. */
  readonly requireBoth: boolean
}

export type FilterBy = {
  readonly resource: TriggerType
  readonly parameter: string
  /** Modifiers and prefixes that may be used; all that can be evaluated where empty. */
  readonly modifiers: readonly string[]
}

export type NotificationShape = {
  readonly resource: TriggerType
  /** `Encounter:patient`, `Observation:performer:Practitioner`. */
  readonly includes: readonly string[]
}
