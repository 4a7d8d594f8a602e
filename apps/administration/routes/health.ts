/** `/api/administration/health`: one look at every part of the running system. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { systemHealth } from '../queries/system-health.ts'

const permission = 'administration.health.read'

export function healthRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/health', async (request) => {
    const actor = requireActor(request)
    kernel.identity.demand(actor, { kind: 'permission', permission })
    await kernel.identity.audit(actor, { action: permission, outcome: 'allowed' })
    return systemHealth(kernel, actor.tenant)
  })
}
