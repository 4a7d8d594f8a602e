/** `/api/integration/interfaces`: how each interface fares, and pausing its source or a destination. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { type InterfacesAnswer, interfacePermissions as permissions } from '../contract.ts'
import { booleanOf, optionalTextOf, textOf } from './input.ts'

export function interfaceRoutes(http: FastifyInstance, { identity, interfaces, database }: Kernel): void {
  http.get('/interfaces', async (request): Promise<InterfacesAnswer> => {
    const actor = requireActor(request)
    // Counts name no patient: decided on every request, and asked every few seconds, so no entry of the trail each time.
    identity.demand(actor, { kind: 'permission', permission: permissions.read })
    return { interfaces: await interfaces.states(actor.tenant) }
  })
  http.post('/interfaces/:id/pause', async (request, reply) => {
    const actor = requireActor(request)
    const action = permissions.operate
    identity.demand(actor, { kind: 'permission', permission: action })
    const id = textOf(request.params, 'id')
    const destination = optionalTextOf(request.body, 'destination')
    const isPaused = booleanOf(request.body, 'isPaused')
    const reason = textOf(request.body, 'reason')
    await database.transaction(async (transaction) => {
      const part = { interface: id, ...(destination === undefined ? {} : { destination }) }
      await interfaces.setPaused(transaction, actor.tenant, part, isPaused)
      const what = `${isPaused ? 'pause' : 'resume'} ${destination ?? 'source'}: ${reason}`
      await identity.audit(
        actor,
        { action, outcome: 'allowed', detail: `interface ${id} · ${what}` },
        transaction,
      )
    })
    return reply.code(204).send()
  })
}
