/**
 * `/api/administration/staff`: people with where they work, what personnel tells, the rules by which titles give roles,
 * reviews after moves, and departments entrusted. Identity decides, audits and states each act.
 */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { MadePerson, StaffAnswer, StaffChoicesAnswer } from '../contract.ts'
import { reasonedAct } from './acts.ts'
import { limitOf, optionalChoiceOf, optionalInstantOf, optionalTextOf, textOf, textsOf } from './input.ts'
import { licencesOf, positionOf } from './staff-input.ts'

const pagePeople = 100
const pageEvents = 100
// An event of personnel is about 1 kB; licences make it longer.
const maxEventBytes = 64 * 1024

export function staffRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const { staff } = identity
  http.get('/staff', async (request): Promise<StaffAnswer> => {
    const { query } = request
    const limit = limitOf(query, pagePeople)
    const { people, total } = await staff.list(requireActor(request), {
      text: optionalTextOf(query, 'text'),
      role: optionalTextOf(query, 'role'),
      department: optionalTextOf(query, 'department'),
      state: optionalChoiceOf(query, 'state', ['active', 'disabled', 'review', 'licence', 'licence-soon']),
      after: optionalTextOf(query, 'after'),
      limit,
    })
    return { people, total, next: people.length === limit ? people.at(-1)?.login : undefined }
  })
  http.get('/staff/choices', (request): Promise<StaffChoicesAnswer> => staff.choices(requireActor(request)))
  http.get('/staff/people/:id', (request) =>
    staff.person(requireActor(request), textOf(request.params, 'id')),
  )
  http.post('/staff', async (request, reply) => {
    const { body } = request
    const made: MadePerson = await staff.employ(requireActor(request), {
      login: textOf(body, 'login'),
      display: textOf(body, 'display'),
      employee: optionalTextOf(body, 'employee'),
      licences: licencesOf(body),
      position: positionOf(body),
    })
    return reply.code(201).send(made)
  })
  reasonedAct(http, '/staff/people/:id/describe', (by, act, body) =>
    staff.describe(by, {
      ...act,
      display: textOf(body, 'display'),
      employee: optionalTextOf(body, 'employee'),
      licences: licencesOf(body),
    }),
  )
  reasonedAct(http, '/staff/people/:id/positions', (by, act, body) =>
    staff.addPosition(by, { ...act, ...positionOf(body) }),
  )
  reasonedAct(http, '/staff/people/:id/end-position', (by, act, body) =>
    staff.endPosition(by, {
      ...act,
      position: textOf(body, 'position'),
      at: optionalInstantOf(body, 'at'),
    }),
  )
  personnelRoutes(http, staff)
  ruleRoutes(http, staff)
}

type Staff = Kernel['identity']['staff']

function personnelRoutes(http: FastifyInstance, staff: Staff): void {
  http.post('/staff/events', { bodyLimit: maxEventBytes }, (request) =>
    staff.take(requireActor(request), request.body),
  )
  http.get('/staff/events', async (request) => {
    const limit = limitOf(request.query, pageEvents)
    const before = optionalTextOf(request.query, 'before')
    const events = await staff.events(requireActor(request), { before, limit })
    return { events, next: events.length === limit ? events.at(-1)?.event : undefined }
  })
  http.get('/staff/reviews', async (request) => ({ reviews: await staff.reviews(requireActor(request)) }))
  reasonedAct(http, '/staff/reviews/:id/done', (by, act) => staff.review(by, act))
}

function ruleRoutes(http: FastifyInstance, staff: Staff): void {
  http.get('/staff/mappings', async (request) => ({ mappings: await staff.mappings(requireActor(request)) }))
  http.post('/staff/mappings', async (request, reply) => {
    const { body } = request
    const carried = await staff.saveMapping(requireActor(request), {
      id: optionalTextOf(body, 'id'),
      title: optionalTextOf(body, 'title'),
      department: optionalTextOf(body, 'department'),
      roles: textsOf(body, 'roles'),
      reason: textOf(body, 'reason'),
    })
    return carried ? reply.code(202).send(carried) : reply.code(204).send()
  })
  reasonedAct(http, '/staff/mappings/:id/remove', (by, act) => staff.removeMapping(by, act))
  http.get('/staff/delegations', async (request) => ({
    delegations: await staff.delegations(requireActor(request)),
  }))
  reasonedAct(http, '/staff/delegations/:id/entrust', (by, { id, reason }, body) =>
    staff.delegate(by, {
      ...{ account: id, reason, department: textOf(body, 'department'), roles: textsOf(body, 'roles') },
    }),
  )
  reasonedAct(http, '/staff/delegations/:id/take', (by, { id, reason }, body) =>
    staff.endDelegation(by, { account: id, reason, department: textOf(body, 'department') }),
  )
}
