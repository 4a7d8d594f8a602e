/** `/api/subscriptions`: how every subscription of the institution fares, the topics there are, and starting one again. */

import { sql } from '@xinglin/database'
import { conflict, invalid, notFound } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyRequest } from 'fastify'
import { moveTo } from '../delivery/state.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import { readPermission, resumePermission } from '../permissions.ts'
import { type SubscriptionState, subscriptionStates } from '../store/states.ts'
import { readSubscriptionRow } from '../store/subscriptions.ts'
import { ownTopics } from '../store/topics.ts'
import { builtInTopics } from '../topics/built-in.ts'
import { topicBasic } from '../topics/write-topic.ts'
import { announceWake } from '../wake.ts'

/** Rows of one page of the monitor. */
const pageSize = 100

/** Registers the routes; each decides its permission and leaves an audit entry. */
export function subscriptionRoutes(kernel: SubscriptionsKernel): void {
  const { http } = kernel.web
  http.get('/api/subscriptions', async (request) =>
    listed(kernel, await permitted(kernel, request, readPermission), request),
  )
  http.get('/api/subscriptions/topics', async (request) => {
    const { tenant } = await permitted(kernel, request, readPermission)
    const own = await ownTopics(kernel.database, tenant)
    return {
      topics: [
        ...builtInTopics.map((topic) => ({ url: topic.url, isBuiltIn: true, basic: topicBasic(topic) })),
        ...own.map(({ topic, basic }) => ({
          url: topic.url,
          isBuiltIn: false,
          id: basic,
          basic: topicBasic(topic),
        })),
      ],
    }
  })
  http.post('/api/subscriptions/:id/resume', async (request, reply) => {
    const { tenant } = await permitted(kernel, request, resumePermission)
    const { id = '' } = request.params as { id?: string }
    await resume(kernel, { tenant, id }, { skipsUndelivered: skips(request.body) })
    return reply.code(204).send()
  })
}

async function permitted(
  { identity }: SubscriptionsKernel,
  request: FastifyRequest,
  permission: string,
): Promise<Actor> {
  const actor = requireActor(request)
  const { id } = request.params as { id?: string }
  identity.demand(actor, { kind: 'permission', permission })
  await identity.audit(actor, {
    action: permission,
    outcome: 'allowed',
    ...(id === undefined ? {} : { resourceType: 'Subscription', resourceId: id }),
  })
  return actor
}

async function listed(
  { database, runtime }: SubscriptionsKernel,
  { tenant }: Actor,
  request: FastifyRequest,
) {
  const { status, after } = request.query as { status?: unknown; after?: unknown }
  const states = await subscriptionStates(database, {
    ...{ tenant, ids: [], limit: pageSize + 1, timeZone: runtime.timeZone },
    statuses: typeof status === 'string' && status !== '' ? status.split(',') : [],
    ...(typeof after === 'string' ? { after } : {}),
  })
  const page = states.slice(0, pageSize)
  const next = states.length > pageSize ? page.at(-1)?.id : undefined
  return { subscriptions: page.map(described), ...(next === undefined ? {} : { next }) }
}

/** Without headers; the endpoint's query may hold a secret too, so it is left out. */
function described(state: SubscriptionState) {
  const { id, status, owner, definition, lastEvent, delivered, skipped, failures } = state
  const undelivered = Math.max(0, lastEvent - delivered)
  return {
    ...{
      id,
      status,
      owner,
      topic: definition.topic,
      filters: definition.filters,
      content: definition.content,
    },
    channel: definition.channel.kind,
    ...(definition.channel.kind === 'rest-hook'
      ? { endpoint: definition.channel.endpoint.split('?')[0] }
      : {}),
    ...(definition.heartbeatSeconds === undefined ? {} : { heartbeatSeconds: definition.heartbeatSeconds }),
    ...(definition.ends === undefined ? {} : { ends: definition.ends }),
    lastEvent,
    delivered: delivered - skipped,
    pending: status === 'error' ? 0 : undelivered,
    // What is not tried any more until somebody resumes, and what somebody decided to leave out.
    deadLetters: skipped + (status === 'error' ? undelivered : 0),
    failures,
    ...(state.failingSince ? { failingSince: state.failingSince } : {}),
    ...(state.lastError ? { lastError: state.lastError } : {}),
    ...(state.lastSent ? { lastSent: state.lastSent } : {}),
  }
}

function skips(body: unknown): boolean {
  if (body === undefined || body === null) return false
  const skip = typeof body === 'object' && 'skipUndelivered' in body ? body.skipUndelivered : undefined
  if (skip === undefined || typeof skip === 'boolean') return skip === true
  throw invalid('skipUndelivered is true or false', { code: 'subscription.resume', at: 'skipUndelivered' })
}

/** Shakes hands again and then goes on with the first event that was not delivered, or after the last. */
async function resume(
  kernel: SubscriptionsKernel,
  key: { readonly tenant: Actor['tenant']; readonly id: string },
  { skipsUndelivered }: { readonly skipsUndelivered: boolean },
): Promise<void> {
  const row = await readSubscriptionRow(kernel.database, key)
  if (!row) throw notFound('there is no such Subscription', { code: 'subscription.unknown' })
  if (row.status !== 'error')
    throw conflict(`the subscription is ${row.status}; only one in error is resumed`, {
      code: 'subscription.resume',
    })
  await kernel.database.query(sql`
    update subscriptions.delivery
    set failures = 0, failing_since = null, retry_at = null,
      skipped = skipped + case when ${skipsUndelivered}::boolean then last_event - delivered else 0 end,
      delivered = case when ${skipsUndelivered}::boolean then last_event else delivered end
    where tenant = ${key.tenant} and subscription = ${key.id}`)
  const isMoved = await moveTo(kernel, key, { status: 'requested', revision: row.revision })
  if (!isMoved)
    throw conflict('the subscription was changed at the same moment; look again', {
      code: 'subscription.resume',
    })
  announceWake(kernel)
}
