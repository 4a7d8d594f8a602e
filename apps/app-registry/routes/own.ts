/** `/api/app-registry/own`: what the person who asks agreed to, and taking it back. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { OwnAnswer } from '../contract.ts'
import { textOf } from './input.ts'

export function ownRoutes(http: FastifyInstance, { identity: { apps } }: Kernel): void {
  http.get(
    '/own',
    async (request): Promise<OwnAnswer> => ({
      agreements: await apps.agreements(requireActor(request)),
    }),
  )
  http.delete('/own/:app', async (request, reply) => {
    await apps.takeBack(requireActor(request), textOf(request.params, 'app'))
    return reply.code(204).send()
  })
}
