/** `/api/administration/clients`: machine clients (OAuth 2.0 client credentials). */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { ClientsAnswer, MadeClient } from '../contract.ts'
import { reasonedAct } from './acts.ts'
import { optionalNumberOf, optionalTextOf, textOf, textsOf } from './input.ts'

export function clientRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const { clients } = identity
  http.get(
    '/clients',
    async (request): Promise<ClientsAnswer> => ({ clients: await clients.list(requireActor(request)) }),
  )
  http.post('/clients', async (request, reply) => {
    const made: MadeClient = await clients.create(requireActor(request), {
      id: optionalTextOf(request.body, 'id'),
      display: textOf(request.body, 'display'),
      scopes: textsOf(request.body, 'scopes'),
    })
    return reply.code(201).send(made)
  })
  reasonedAct(http, '/clients/:id/renew-secret', (by, act) => clients.renewSecret(by, act))
  reasonedAct(http, '/clients/:id/disable', (by, act) => clients.disable(by, act))
  reasonedAct(http, '/clients/:id/enable', (by, act) => clients.enable(by, act))
  reasonedAct(http, '/clients/:id/rate', (by, act, body) =>
    clients.setRate(by, { ...act, requestsPerSecond: optionalNumberOf(body, 'requestsPerSecond') }),
  )
  reasonedAct(http, '/clients/:id/scopes', (by, act, body) =>
    clients.setScopes(by, { ...act, scopes: textsOf(body, 'scopes') }),
  )
}
