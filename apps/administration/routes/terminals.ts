/** `/api/administration/terminals`: shared terminals of wards; a browser registers itself at `/api/terminal`. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { TerminalsAnswer } from '../contract.ts'
import { reasonedAct } from './acts.ts'

export function terminalRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const { badges } = identity
  http.get(
    '/terminals',
    async (request): Promise<TerminalsAnswer> => ({
      terminals: await badges.terminals(requireActor(request)),
    }),
  )
  reasonedAct(http, '/terminals/:id/withdraw', (by, act) => badges.withdraw(by, act))
  reasonedAct(http, '/staff/people/:id/remove-badge', (by, act) => badges.remove(by, act))
}
