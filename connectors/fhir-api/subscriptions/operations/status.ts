/** Backport `$status` on `Subscription` and `Subscription/[id]`: a searchset of one status each. */
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../../operations/operation.ts'
import { badValue, refuseUnknown, textsOf } from '../../operations/parameters.ts'
import { statusOf } from '../notification/status.ts'
import { type SubscriptionState, subscriptionStates } from '../store/states.ts'
import { knownSubscription } from './known.ts'

const statuses = ['requested', 'active', 'error', 'off']
/** More than an institution can have of one owner; who wants others names their ids. */
const mostAnswered = 200

export async function subscriptionStatus(call: OperationCall): Promise<Answer> {
  const { kernel, parameters, id, request, records } = call
  refuseUnknown(parameters, ['id', 'status'])
  const { tenant } = request.actor
  // At the instance level both parameters are ignored.
  if (id !== undefined) {
    const { row, progress } = await knownSubscription(kernel, records, { tenant, id })
    return answerOf(call, [{ ...row, ...progress }])
  }
  const wanted = { ids: idsOf(call), statuses: statusesOf(call) }
  kernel.identity.demand(request.actor, { kind: 'record', interaction: 'search', type: 'Subscription' })
  const states = await subscriptionStates(kernel.database, {
    tenant,
    ...wanted,
    limit: mostAnswered,
    timeZone: kernel.runtime.timeZone,
  })
  await kernel.identity.audit(request.actor, {
    action: 'search',
    outcome: 'allowed',
    resourceType: 'Subscription',
    detail: `$status · ${states.length} found`,
  })
  return answerOf(call, states)
}

/** Several values are joined by or, by comma or by repetition; none means all. */
function idsOf({ parameters }: OperationCall): readonly string[] {
  return textsOf(parameters, 'id')
    .flatMap((text) => text.split(','))
    .map((id) => id.replace(/^Subscription\//, ''))
}

function statusesOf({ parameters }: OperationCall): readonly string[] {
  const wanted = textsOf(parameters, 'status').flatMap((text) => text.split(','))
  if (wanted.some((status) => !statuses.includes(status)))
    throw badValue('status', `must be of ${statuses.join(', ')}`)
  return wanted
}

function answerOf({ kernel, request }: OperationCall, states: readonly SubscriptionState[]): Answer {
  const { now, newId } = kernel.runtime
  const { baseUrl } = request
  const entry = states.map((state) => {
    const { id, status, definition, lastEvent, lastError } = state
    const { topic, content } = definition
    const told = { id, status, topic, content, lastEvent, type: 'query-status', error: lastError } as const
    const resource = statusOf(told, { baseUrl, newId, at: now() })
    return { fullUrl: `urn:uuid:${resource.id}`, resource, search: { mode: 'match' } }
  })
  const total = { total: entry.length }
  const bundle = { resourceType: 'Bundle', id: newId(), type: 'searchset', ...total }
  return { status: 200, body: JSON.stringify(entry.length === 0 ? bundle : { ...bundle, entry }) }
}
