/** `/api/administration/people`: accounts of people. Identity decides, audits and states each act. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { MadePerson, PeopleAnswer } from '../contract.ts'
import { reasonedAct } from './acts.ts'
import { limitOf, optionalTextOf, textOf, textsOf } from './input.ts'

const pagePeople = 200

export function peopleRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const { people } = identity
  http.get('/people', async (request): Promise<PeopleAnswer> => {
    const limit = limitOf(request.query, pagePeople)
    const found = await people.list(requireActor(request), {
      text: optionalTextOf(request.query, 'text'),
      role: optionalTextOf(request.query, 'role'),
      after: optionalTextOf(request.query, 'after'),
      limit,
    })
    return { people: found, next: found.length === limit ? found.at(-1)?.login : undefined }
  })
  http.post('/people', async (request, reply) => {
    const made: MadePerson = await people.create(requireActor(request), {
      login: textOf(request.body, 'login'),
      display: textOf(request.body, 'display'),
      roles: textsOf(request.body, 'roles'),
    })
    return reply.code(201).send(made)
  })
  reasonedAct(http, '/people/:id/reset-password', (by, act) => people.resetPassword(by, act))
  reasonedAct(http, '/people/:id/disable', (by, act) => people.disable(by, act))
  reasonedAct(http, '/people/:id/enable', (by, act) => people.enable(by, act))
  reasonedAct(http, '/people/:id/unlock', (by, act) => people.unlock(by, act))
  reasonedAct(http, '/people/:id/clear-factors', (by, act) => people.clearFactors(by, act))
  reasonedAct(http, '/people/:id/roles', (by, act, body) =>
    people.setRoles(by, { ...act, roles: textsOf(body, 'roles') }),
  )
}
