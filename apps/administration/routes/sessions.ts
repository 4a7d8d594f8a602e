/** `/api/administration/sessions`: who is signed in, and ending it. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { SessionsAnswer } from '../contract.ts'
import { reasonedAct } from './acts.ts'
import { limitOf, optionalTextOf } from './input.ts'

const pageSessions = 500

export function sessionRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const { sessions } = identity
  http.get(
    '/sessions',
    async (request): Promise<SessionsAnswer> => ({
      sessions: await sessions.list(requireActor(request), {
        account: optionalTextOf(request.query, 'account'),
        limit: limitOf(request.query, pageSessions),
      }),
    }),
  )
  reasonedAct(http, '/sessions/:id/revoke', (by, act) => sessions.revoke(by, act))
}
