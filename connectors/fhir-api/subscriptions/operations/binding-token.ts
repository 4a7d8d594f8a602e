/** Backport `$get-ws-binding-token`: a one-time token by which a websocket proves for which subscriptions it listens. */
import { createHash, randomBytes } from 'node:crypto'
import { sql } from '@xinglin/database'
import { epochMs, forbidden, instantOf, invalid } from '@xinglin/fhir'
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../../operations/operation.ts'
import { refuseUnknown, textsOf } from '../../operations/parameters.ts'
import { mostBindings, tokenLifeMs } from '../limits.ts'
import { socketUrl } from '../sockets/path.ts'
import { subscriptionStates } from '../store/states.ts'
import { knownSubscription } from './known.ts'

export async function bindingToken(call: OperationCall): Promise<Answer> {
  const { kernel, request, parameters } = call
  refuseUnknown(parameters, ['id'])
  const ids = await wantedIds(call)
  const token = randomBytes(32).toString('base64url')
  const { now, timeZone } = kernel.runtime
  const ends = instantOf(epochMs(now()) + tokenLifeMs, timeZone)
  await kernel.database.query(sql`
    insert into subscriptions.binding_token (hash, tenant, subscriptions, ends)
    values (${digestOf(token)}, ${request.actor.tenant}, ${ids}::text[], ${ends}::timestamptz)`)
  await kernel.identity.audit(request.actor, {
    action: 'subscription.bind',
    outcome: 'allowed',
    detail: `${ids.length} subscriptions`,
  })
  const parameter = [
    { name: 'token', valueString: token },
    { name: 'expiration', valueDateTime: ends },
    ...ids.map((id) => ({ name: 'subscription', valueString: id })),
    { name: 'websocket-url', valueUrl: socketUrl(request.baseUrl) },
  ]
  return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter }) }
}

/** How tokens stand in the table: a stolen table binds nobody. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Who else may listen by the owner's rights? Nobody: a token is given to the owner of every subscription in it. */
async function wantedIds(call: OperationCall): Promise<readonly string[]> {
  const { kernel, records, request, id } = call
  const { tenant, reference } = request.actor
  const asked = id === undefined ? textsOf(call.parameters, 'id').flatMap((text) => text.split(',')) : [id]
  if (asked.length === 0) {
    kernel.identity.demand(request.actor, { kind: 'record', interaction: 'read', type: 'Subscription' })
    const wanted = {
      tenant,
      ids: [],
      statuses: ['requested', 'active'],
      owner: reference,
      limit: mostBindings,
    }
    const own = await subscriptionStates(kernel.database, {
      ...{ ...wanted, channel: 'websocket' },
      timeZone: kernel.runtime.timeZone,
    })
    if (own.length === 0) throw noSocket('you have no subscription by websocket')
    return own.map((each) => each.id)
  }
  if (asked.length > mostBindings) throw noSocket(`a token is for ${mostBindings} subscriptions at most`)
  for (const each of asked) {
    const { row } = await knownSubscription(kernel, records, { tenant, id: each })
    if (row.owner !== reference)
      throw forbidden('only its owner may listen to a subscription', { code: 'subscription.owner' })
    if (row.definition.channel.kind !== 'websocket') throw noSocket('its channel is not websocket')
  }
  return [...new Set(asked)]
}

function noSocket(what: string) {
  return invalid(`no token can be given: ${what}`, { code: 'subscription.token', at: 'id' })
}
