/** `/api/compliance/grading`: graded systems, a round, its report, the self test; each look decided and audited. */
import { type Kernel, runCommand } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { controlBoard } from '../controls/board.ts'
import { gradingPermissions, type OwnersAnswer, type Round, type SystemsAnswer } from './contract.ts'
import { keepSelfTest } from './fixes.ts'
import { reportCsv, reportPdf } from './report.ts'
import { gradedSystems, gradingRound } from './round.ts'

type OfRound = { Params: { round: string } }
/** People of a house that are offered as owners. */
const mostOwners = 200

export function gradingRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity } = kernel
  const permission = gradingPermissions.read
  const roundFor = async (request: FastifyRequest<OfRound>, form: string): Promise<Round> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission })
    const round = await gradingRound(kernel, actor.tenant, request.params.round)
    await identity.audit(actor, { action: permission, outcome: 'allowed', detail: `round, ${form}` })
    return round
  }
  http.get('/grading', async (request): Promise<SystemsAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission })
    const systems = await gradedSystems(kernel, actor.tenant)
    await identity.audit(actor, { action: permission, outcome: 'allowed', detail: 'systems' })
    return { systems }
  })
  http.get('/grading/owners', async (request): Promise<OwnersAnswer> => {
    const people = await identity.people.list(requireActor(request), { limit: mostOwners })
    const active = people.filter(({ disabled }) => disabled === undefined)
    return { owners: active.map(({ login, display }) => ({ login, display })) }
  })
  http.get<OfRound>('/grading/rounds/:round', (request) => roundFor(request, 'json'))
  http.get<OfRound>('/grading/rounds/:round/report.csv', async (request, reply) =>
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="grading-report.csv"')
      .send(reportCsv(await roundFor(request, 'csv'))),
  )
  http.get<OfRound>('/grading/rounds/:round/report.pdf', async (request, reply) =>
    reply
      .type('application/pdf')
      .header('content-disposition', 'attachment; filename="grading-report.pdf"')
      .send(reportPdf(await roundFor(request, 'pdf'))),
  )
  // The board asks the server itself, so it is judged before the transaction that keeps it begins.
  http.post<OfRound>('/grading/rounds/:round/self-tests', async (request) => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: gradingPermissions.write })
    const board = await controlBoard(kernel, actor.tenant)
    return runCommand(kernel)(keepSelfTest(board), request.params, actor)
  })
}
