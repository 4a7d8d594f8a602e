/** Backport `Subscription/[id]/$events`: past events again, each shown by the caller's own right to read it. */

import { forbidden } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../../operations/operation.ts'
import { badValue, type Parameters, refuseUnknown, textOf } from '../../operations/parameters.ts'
import type { PayloadContent } from '../definition/definition.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import { mostEventsAnswered } from '../limits.ts'
import { notificationText } from '../notification/bundle.ts'
import { type Asked, contentOf, type Readable } from '../notification/content.ts'
import { auditNotification } from '../notification/disclose.ts'
import { readPermission } from '../permissions.ts'
import { readEvents } from '../store/events.ts'
import type { SubscriptionRow } from '../store/rows.ts'
import { findTopic } from '../store/topics.ts'
import { knownSubscription } from './known.ts'

const contents: readonly PayloadContent[] = ['empty', 'id-only', 'full-resource']

export async function subscriptionEvents({
  kernel,
  records,
  request,
  id = '',
  parameters,
}: OperationCall): Promise<Answer> {
  refuseUnknown(parameters, ['eventsSinceNumber', 'eventsUntilNumber', 'content'])
  const { tenant } = request.actor
  const { row, progress } = await knownSubscription(kernel, records, { tenant, id })
  refuseStranger(kernel.identity, request.actor, row)
  const range = {
    from: numberOf(parameters, 'eventsSinceNumber') ?? 1,
    until: numberOf(parameters, 'eventsUntilNumber') ?? progress.lastEvent,
    limit: mostEventsAnswered,
  }
  const content = contentAsked(parameters) ?? row.definition.content
  const read = await readEvents(kernel.database, row, { range, timeZone: kernel.runtime.timeZone })
  const topic = await findTopic(kernel.database, tenant, row.definition.topic)
  const events = await contentOf(kernel, read, {
    ...{ tenant, content, topic },
    readable: (resources) => readableBy(kernel, request.actor, resources),
    shown: (versions) => kernel.identity.reach.shown(request.actor, versions),
  })
  const rows = read.slice(0, events.length)
  await auditNotification(kernel, request.actor, {
    subscription: id,
    isEmpty: content === 'empty',
    rows,
    events,
  })
  const { now, newId } = kernel.runtime
  const told = { id, status: row.status, topic: row.definition.topic, content, lastEvent: progress.lastEvent }
  const body = notificationText(
    { ...told, type: 'query-event', events },
    { baseUrl: request.baseUrl, newId, at: now() },
  )
  return { status: 200, body }
}

type Identity = OperationCall['kernel']['identity']

/** What happened when is told by the list of events alone, so it is the owner's, or an administrator's of subscriptions. */
function refuseStranger(
  identity: Identity,
  actor: OperationCall['request']['actor'],
  { owner }: SubscriptionRow,
) {
  if (owner === actor.reference) return
  if (identity.decide(actor, { kind: 'permission', permission: readPermission }).isAllowed) return
  throw forbidden('only its owner may read the events of a subscription', { code: 'subscription.owner' })
}

function numberOf(parameters: Parameters, name: string): number | undefined {
  const text = textOf(parameters, name)
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw badValue(name, 'must be the number of an event')
}

function contentAsked(parameters: Parameters): PayloadContent | undefined {
  const text = textOf(parameters, 'content')
  const content = contents.find((each) => each === text)
  if (text !== undefined && !content) throw badValue('content', `must be of ${contents.join(', ')}`)
  return content
}

/** What the one who asks may read himself. */
function readableBy(
  { identity }: SubscriptionsKernel,
  actor: Actor,
  resources: readonly Asked[],
): ReturnType<Readable> {
  const allowed = resources.filter(
    ({ type, id, patient }) =>
      identity.decide(actor, {
        kind: 'record',
        interaction: 'read',
        type,
        id,
        ...(patient === undefined ? {} : { patient }),
      }).isAllowed,
  )
  return identity.reach.reached(
    actor,
    allowed.map(({ type, id }) => ({ type, id })),
  )
}
