/**
 * Backport guide §"Accepting subscription requests": topic, filters, channel, endpoint and payload of a Subscription are
 * checked when it is written, and what cannot be done is refused by its place.
 */
import {
  epochMs,
  type FailureDetail,
  type Instant,
  instantOf,
  invalid,
  type Subscription,
  unsupported,
} from '@xinglin/fhir'
import { extensions } from '../canonicals.ts'
import { countRange, heartbeatRange, timeoutRange } from '../limits.ts'
import type { Channel, PayloadContent, SubscriptionDefinition } from './definition.ts'
import { readEndpoint, refuseBadHeaders } from './endpoint.ts'
import { extensionOf, extensionsOf } from './extensions.ts'

/** What a Subscription asks for; whether topic and filters exist is judged by who knows the topics. */
export function readSubscription(resource: Subscription, timeZone: string): SubscriptionDefinition {
  const { channel } = resource
  refuseBadHeaders(channel.header ?? [])
  return {
    topic: topicOf(resource),
    filters: extensionsOf(resource._criteria, extensions.filter).map(({ valueString = '' }) => valueString),
    channel: channelOf(resource),
    contentType: contentTypeOf(channel.payload),
    content: contentOf(resource),
    ...heartbeatOf(resource),
    timeoutSeconds:
      inRange(extensionOf(channel, extensions.timeout)?.valueUnsignedInt, timeoutRange, 'timeout') ??
      timeoutRange.fallback,
    maxCount:
      inRange(extensionOf(channel, extensions.maxCount)?.valuePositiveInt, countRange, 'max-count') ??
      countRange.fallback,
    ...(resource.end === undefined ? {} : { ends: endOf(resource.end, timeZone) }),
  }
}

/** Criteria of R4's own kind are search strings; here it is the canonical of a topic, with or without version. */
function topicOf({ criteria }: Subscription): string {
  const [url = ''] = criteria.split('|')
  if (!/^[a-z][a-z0-9+.-]*:\S{1,500}$/i.test(url))
    throw unsupported(
      'criteria must be the canonical url of a subscription topic; the CapabilityStatement lists them',
      { code: 'subscription.criteria', at: 'Subscription.criteria' },
    )
  return url
}

function channelOf({ channel }: Subscription): Channel {
  if (extensionOf(channel._type, extensions.channelType)) throw noSuchChannel()
  if (channel.type === 'rest-hook') return { kind: 'rest-hook', endpoint: readEndpoint(channel.endpoint) }
  if (channel.type === 'websocket') return { kind: 'websocket' }
  throw noSuchChannel()
}

function noSuchChannel() {
  return unsupported('notifications go by rest-hook or websocket', {
    code: 'subscription.channel',
    at: 'Subscription.channel.type',
  })
}

/** `fhirVersion` asks for a version (backport §"Subscriptions and FHIR versions"): only R4 is spoken. */
function contentTypeOf(payload: string | undefined): string {
  const [type = '', ...parameters] = (payload ?? '').split(';').map((part) => part.trim().toLowerCase())
  const version = parameters.find((parameter) => parameter.startsWith('fhirversion='))
  const isKnown = [
    'application/fhir+json',
    'application/json',
    'application/fhir+xml',
    'application/xml',
  ].includes(type)
  if (payload !== undefined && isKnown && (version === undefined || version === 'fhirversion=4.0'))
    return payload
  throw unsupported('the payload must be application/fhir+json or application/fhir+xml (FHIR 4.0)', {
    code: 'subscription.payload',
    at: 'Subscription.channel.payload',
  })
}

const contents: readonly PayloadContent[] = ['empty', 'id-only', 'full-resource']

function contentOf({ channel }: Subscription): PayloadContent {
  const written = extensionOf(channel._payload, extensions.content)?.valueCode
  const content = contents.find((each) => each === written)
  if (content) return content
  throw invalid('the payload needs the extension backport-payload-content: empty, id-only or full-resource', {
    code: 'subscription.payload',
    at: 'Subscription.channel.payload.extension',
  })
}

function heartbeatOf({ channel }: Subscription): { heartbeatSeconds?: number } {
  const written = extensionOf(channel, extensions.heartbeat)?.valueUnsignedInt
  if (written === 0) return {}
  const heartbeatSeconds = inRange(written, heartbeatRange, 'heartbeat-period')
  return heartbeatSeconds === undefined ? {} : { heartbeatSeconds }
}

function inRange(
  value: number | undefined,
  { least, most }: { readonly least: number; readonly most: number },
  name: string,
): number | undefined {
  if (value === undefined || (value >= least && value <= most)) return value
  throw invalid(`backport-${name} must be from ${least} to ${most}`, numberDetail)
}

const numberDetail: FailureDetail = { code: 'subscription.range', at: 'Subscription.channel.extension' }

function endOf(end: string, timeZone: string): Instant {
  const ms = epochMs(end)
  if (!Number.isNaN(ms)) return instantOf(ms, timeZone)
  throw invalid('end must be an instant', { code: 'subscription.range', at: 'Subscription.end' })
}
