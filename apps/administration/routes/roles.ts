/** `/api/administration/roles`: built-in roles and the institution's own ones. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { RolesAnswer } from '../contract.ts'
import { reasonedAct } from './acts.ts'
import { textOf, textsOf } from './input.ts'

export function roleRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const { roles } = identity
  http.get(
    '/roles',
    async (request): Promise<RolesAnswer> => ({ roles: await roles.list(requireActor(request)) }),
  )
  http.put('/roles/:id', async (request, reply) => {
    const { body } = request
    const carried = await roles.save(requireActor(request), {
      id: textOf(request.params, 'id'),
      title: { zh: textOf(body, 'zh'), en: textOf(body, 'en') },
      records: textsOf(body, 'records'),
      permissions: textsOf(body, 'permissions'),
    })
    return carried ? reply.code(202).send(carried) : reply.code(204).send()
  })
  reasonedAct(http, '/roles/:id/remove', (by, act) => roles.remove(by, act))
}
