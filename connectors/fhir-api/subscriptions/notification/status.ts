/** Backport SubscriptionStatus for R4: a Parameters resource, first entry of every notification and answer of `$status`. */
import type { Instant, Parameters, ParametersParameter } from '@xinglin/fhir'
import { statusProfile } from '../canonicals.ts'
import type { PayloadContent, SubscriptionStatus } from '../definition/definition.ts'
import type { ShownEvent } from './content.ts'

export type NotificationType =
  | 'handshake'
  | 'heartbeat'
  | 'event-notification'
  | 'query-status'
  | 'query-event'

export type StatusOptions = {
  /** `https://host/fhir/R4`. */
  readonly baseUrl: string
  readonly newId: () => string
  readonly at: Instant
}

export type Told = {
  readonly id: string
  readonly type: NotificationType
  readonly status: SubscriptionStatus
  readonly topic: string
  readonly content: PayloadContent
  /** Number of the newest event, told or not. */
  readonly lastEvent: number
  readonly events?: readonly ShownEvent[]
  /** Why it does not work; of ours, without content of records. */
  readonly error?: string | null
}

/** The status of one subscription as Parameters. */
export function statusOf(told: Told, { baseUrl, newId }: StatusOptions): Parameters {
  const { id, type, status, topic, content, lastEvent, events = [], error } = told
  return {
    resourceType: 'Parameters',
    id: newId(),
    meta: { profile: [statusProfile] },
    parameter: [
      { name: 'subscription', valueReference: { reference: `${baseUrl}/Subscription/${id}` } },
      // Parameters.parameter:topic: should not be present with empty payloads.
      ...(content === 'empty' ? [] : [{ name: 'topic', valueCanonical: topic }]),
      { name: 'status', valueCode: status },
      { name: 'type', valueCode: type },
      { name: 'events-since-subscription-start', valueString: String(lastEvent) },
      ...events.map((event) => eventParameter(event, baseUrl)),
      ...(error ? [{ name: 'error', valueCodeableConcept: { text: error } }] : []),
    ],
  }
}

/** Backport §empty: neither focus nor context may be named; the same where the owner may not see the resource. */
function eventParameter({ number, at, shown }: ShownEvent, baseUrl: string): ParametersParameter {
  const reference = ({ type, id }: { readonly type: string; readonly id: string }) => ({
    reference: `${baseUrl}/${type}/${id}`,
  })
  return {
    name: 'notification-event',
    part: [
      { name: 'event-number', valueString: String(number) },
      { name: 'timestamp', valueInstant: at },
      ...(shown ? [{ name: 'focus', valueReference: reference(shown.focus) }] : []),
      ...(shown?.context ?? []).map((each) => ({
        name: 'additional-context',
        valueReference: reference(each),
      })),
    ],
  }
}
