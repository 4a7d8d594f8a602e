/** `/api/integration/doors`: counts and latency of every door over the last minutes. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { type DoorsAnswer, readPermission } from '../contract.ts'
import { wholeNumberOf } from './input.ts'

const usualMinutes = 15
/** A day; longer spans belong to reports, not to a live table. */
const mostMinutes = 1440

export function doorRoutes(http: FastifyInstance, { identity, traffic }: Kernel): void {
  http.get('/doors', async (request): Promise<DoorsAnswer> => {
    const actor = requireActor(request)
    // Counts name no patient: decided on every request, audited by the message list that the screen shows beside them.
    identity.demand(actor, { kind: 'permission', permission: readPermission })
    const minutes = wholeNumberOf(request.query, 'minutes', { usual: usualMinutes, most: mostMinutes })
    return { minutes, doors: await traffic.rates(actor.tenant, minutes) }
  })
}
