/** `/api/approvals`: what waits for a second person, and the separation of the administrators. */
import type { Kernel } from '@xinglin/app'
import { invalid } from '@xinglin/fhir'
import type { Actor, Proposal } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { changesOf, subjectOf } from '../changes.ts'
import {
  type AdministratorsAnswer,
  type ProposalRow,
  type ProposalState,
  type ProposalsAnswer,
  proposalStates,
} from '../contract.ts'

const pageProposals = 50

export function proposalRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const { approvals } = identity
  http.get('/proposals', async (request): Promise<ProposalsAnswer> => {
    const by = requireActor(request)
    const state = stateIn(request.query)
    const before = optionalTextOf(request.query, 'before')
    const found = await approvals.list(by, {
      ...(state ? { state } : {}),
      ...(before ? { before } : {}),
      limit: pageProposals,
    })
    const last = found.length === pageProposals ? found.at(-1)?.id : undefined
    return { proposals: found.map((each) => rowOf(by, each)), ...(last ? { next: last } : {}) }
  })
  http.post<{ Params: { id: string } }>('/proposals/:id/approve', async (request, reply) => {
    await approvals.approve(requireActor(request), { id: request.params.id })
    return reply.code(204).send()
  })
  http.post<{ Params: { id: string } }>('/proposals/:id/refuse', async (request, reply) => {
    const reason = textOf(request.body, 'reason')
    await approvals.refuse(requireActor(request), { id: request.params.id, reason })
    return reply.code(204).send()
  })
  http.post<{ Params: { id: string } }>('/proposals/:id/withdraw', async (request, reply) => {
    await approvals.withdraw(requireActor(request), { id: request.params.id })
    return reply.code(204).send()
  })
  http.get(
    '/administrators',
    (request): Promise<AdministratorsAnswer> => approvals.readiness(requireActor(request)),
  )
  http.post('/separate', async (request, reply) => {
    await approvals.separate(requireActor(request), { reason: textOf(request.body, 'reason') })
    return reply.code(204).send()
  })
  http.post('/unite', async (request, reply) => {
    const carried = await approvals.unite(requireActor(request), { reason: textOf(request.body, 'reason') })
    return carried ? reply.code(202).send(carried) : reply.code(204).send()
  })
}

function rowOf(by: Actor, proposal: Proposal): ProposalRow {
  const { id, kind, reason, state, askedByDisplay, askedAt, ends, decidedByDisplay, decidedAt, why } =
    proposal
  return {
    ...{ id, kind, reason, state, askedBy: askedByDisplay, askedAt, ends, isYours: proposal.isYours },
    subject: subjectOf(proposal),
    changes: changesOf(proposal),
    isOwn: proposal.askedBy === by.reference,
    ...(decidedByDisplay ? { decidedBy: decidedByDisplay } : {}),
    ...(decidedAt ? { decidedAt } : {}),
    ...(why ? { why } : {}),
  }
}

function stateIn(query: unknown): ProposalState | undefined {
  const text = optionalTextOf(query, 'state')
  const state = proposalStates.find((each) => each === text)
  if (text === undefined || state !== undefined) return state
  throw wrong('state', `one of ${proposalStates.join(', ')}`)
}

function optionalTextOf(from: unknown, name: string): string | undefined {
  const value =
    typeof from === 'object' && from !== null && Object.hasOwn(from, name)
      ? Reflect.get(from, name)
      : undefined
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string' && value.length <= 500) return value.trim()
  throw wrong(name, 'a text')
}

function textOf(from: unknown, name: string): string {
  const text = optionalTextOf(from, name)
  if (text !== undefined) return text
  throw wrong(name, 'a text')
}

function wrong(at: string, wanted: string) {
  return invalid(`${at} must be ${wanted}`, { code: 'approvals.field', at })
}
