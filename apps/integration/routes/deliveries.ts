/** `/api/integration/deliveries`: what waits, was sent, refused or given up; sending again, giving up; a message's whole life. */
import type { Kernel } from '@xinglin/app'
import { notFound } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import {
  type ChangedAnswer,
  type ContentAnswer,
  type DeliveriesAnswer,
  type DeliveryRow,
  type LifeAnswer,
  interfacePermissions as permissions,
} from '../contract.ts'
import { messageRow } from '../queries/message.ts'
import { readableRaw } from '../queries/readable-raw.ts'
import { idsOf, optionalChoiceOf, optionalTextOf, textOf } from './input.ts'
import { idOf, permitted, unknownMessage } from './permitted.ts'

type Delivery = Awaited<ReturnType<Kernel['interfaces']['deliveries']>>[number]

/** A page of the list. */
const atOnce = 100
/** A message has at most as many deliveries as its interface has destinations, and as often as it was sent again. */
const mostOfMessage = 500

export function deliveryRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { interfaces, traffic } = kernel
  http.post('/deliveries/search', async (request): Promise<DeliveriesAnswer> => {
    const actor = await permitted(kernel, request, { permission: permissions.read })
    const asked = { tenant: actor.tenant, limit: atOnce, ...questionOf(request.body) }
    const found = await interfaces.deliveries(asked)
    const last = found.length === atOnce ? found.at(-1) : undefined
    return { deliveries: await shown(kernel, actor, found), ...(last ? { next: last.id } : {}) }
  })
  http.get('/deliveries/:id/content', async (request): Promise<ContentAnswer> => {
    const id = idOf(request)
    const actor = await permitted(kernel, request, { permission: permissions.read, subject: id })
    const content = await interfaces.content(actor.tenant, id)
    if (!content) throw notFound('no such delivery', { code: 'integration.unknown-delivery' })
    if (await isMasked(kernel, actor)) return { raw: { kind: 'masked', content: '', isCut: false } }
    return { raw: readableRaw({}, content) }
  })
  http.get('/messages/:id/life', async (request): Promise<LifeAnswer> => {
    const id = idOf(request)
    const actor = await permitted(kernel, request, { permission: permissions.read, subject: id })
    const [found, deliveries] = await Promise.all([
      traffic.read(actor.tenant, id),
      interfaces.deliveries({ tenant: actor.tenant, message: id, limit: mostOfMessage }),
    ])
    if (!found) throw unknownMessage()
    const { settledAt, reason } = found.message
    return {
      message: {
        ...messageRow(found.message),
        ...(settledAt ? { settledAt } : {}),
        ...(reason && !(await isMasked(kernel, actor)) ? { reason } : {}),
      },
      deliveries: (await shown(kernel, actor, deliveries)).toReversed(),
    }
  })
  http.post('/deliveries/retry', (request) => settle(kernel, request, 'retry'))
  http.post('/deliveries/drop', (request) => settle(kernel, request, 'drop'))
}

/** Giving up loses what a receiver was owed: it asks for the second factor again. */
async function settle(
  { identity, interfaces, database }: Kernel,
  request: FastifyRequest,
  verb: 'retry' | 'drop',
): Promise<ChangedAnswer> {
  const actor = requireActor(request)
  const action = permissions.operate
  identity.demand(actor, { kind: 'permission', permission: action })
  if (verb === 'drop') identity.demandStepUp(actor)
  const ids = idsOf(request.body, 'ids')
  const reason = verb === 'drop' ? textOf(request.body, 'reason') : undefined
  return database.transaction(async (transaction) => {
    const changed = await interfaces[verb](transaction, actor.tenant, ids)
    const detail = `${verb} ${changed} of deliveries ${ids.join(' ')}${reason ? ` · ${reason}` : ''}`
    await identity.audit(actor, { action, outcome: 'allowed', detail }, transaction)
    return { changed }
  })
}

/** Of the whole institution where a field is absent. */
function questionOf(body: unknown) {
  const [id, destination, key, text, before] = ['interface', 'destination', 'key', 'text', 'before'].map(
    (field) => optionalTextOf(body, field),
  )
  const state = optionalChoiceOf(body, 'state', ['waiting', 'sent', 'refused', 'dropped'])
  return {
    ...(id ? { interface: id } : {}),
    ...(destination ? { destination } : {}),
    ...(state ? { state } : {}),
    ...(key ? { key } : {}),
    ...(text ? { text } : {}),
    // Numbers of deliveries only: anything else is no place in the list.
    ...(before && /^\d{1,18}$/.test(before) ? { before } : {}),
  }
}

async function isMasked({ identity }: Kernel, actor: Actor): Promise<boolean> {
  return (await identity.masking.fieldsOf(actor)).size > 0
}

async function shown(
  kernel: Kernel,
  actor: Actor,
  deliveries: readonly Delivery[],
): Promise<readonly DeliveryRow[]> {
  if (!(await isMasked(kernel, actor))) return deliveries
  return deliveries.map(({ reason: _, ...delivery }) => delivery)
}
