/** `/api/privacy/glass`: breaking the glass of a refused record, seeing what of it stands, judging what others broke. */
import type { Kernel } from '@xinglin/app'
import { forbidden, notFound } from '@xinglin/fhir'
import { type Actor, type Glass, patientLine, patientLines } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  type AccessesAnswer,
  type GlassAnswer,
  type GlassRow,
  type PatientLine,
  type PatientsAnswer,
  privacyPermissions,
  type StandingAnswer,
  type StandingGlass,
} from '../contract.ts'
import { choiceOf, idOf, limitOf, optionalChoiceOf, optionalTextOf, textOf } from './input.ts'

const pageRows = 100

export function glassRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { breakGlass } = kernel.identity
  http.post('/glass', async (request): Promise<StandingGlass> => {
    const act = { patient: idOf(request.body, 'patient'), reason: textOf(request.body, 'reason') }
    return standing(await breakGlass.open(requireActor(request), act))
  })
  // A name or number must not stand in an address: so POST.
  http.post('/glass/find', (request) =>
    foundAnswer(kernel, requireActor(request), textOf(request.body, 'text')),
  )
  http.get('/glass/patients/:id', (request) => whoseAnswer(kernel, requireActor(request), request.params))
  http.get('/glass/standing', async (request): Promise<StandingAnswer> => {
    const patient = optionalTextOf(request.query, 'patient')
    const glass = await breakGlass.standing(requireActor(request), patient)
    return { glass: glass.map(standing) }
  })
  http.post('/glass/:id/close', async (request, reply) => {
    await breakGlass.close(requireActor(request), idOf(request.params, 'id'))
    return reply.code(204).send()
  })
  http.get('/glass/:id/accesses', (request) =>
    accessesAnswer(kernel, requireActor(request), idOf(request.params, 'id')),
  )
  http.get('/glass', (request) => listAnswer(kernel, requireActor(request), request.query))
  http.post('/glass/:id/review', async (request, reply) => {
    await breakGlass.review(requireActor(request), {
      id: idOf(request.params, 'id'),
      outcome: choiceOf(request.body, 'outcome', ['justified', 'not-justified']),
      note: textOf(request.body, 'note'),
    })
    return reply.code(204).send()
  })
}

/** Who breaks the glass must see whose it is: a wrong record opened in haste is a harm of its own. */
async function whoseAnswer(kernel: Kernel, actor: Actor, params: unknown): Promise<PatientLine> {
  const id = idOf(params, 'id')
  const permission = privacyPermissions.breakGlass
  kernel.identity.demand(actor, { kind: 'permission', permission })
  const version = await kernel.records.read(actor.tenant, 'Patient', id)
  if (!version || version.interaction === 'delete')
    throw notFound(`there is no Patient/${id}`, { code: 'privacy.no-patient', at: 'id' })
  const fields = await kernel.identity.masking.fieldsOf(actor)
  await kernel.identity.audit(actor, {
    action: permission,
    outcome: 'allowed',
    resourceType: 'Patient',
    resourceId: id,
    patient: id,
    detail: 'name shown',
  })
  return patientLine(id, parseVersion(version, 'Patient'), fields)
}

/** Few bear one name; more than these are told apart by a number. */
const mostFound = 10

/**
 * A record that is refused is found by nobody who is refused, so who may break the glass finds it by the whole name or a
 * whole number: not by parts, which would let him look through who is there.
 */
async function foundAnswer(kernel: Kernel, actor: Actor, text: string): Promise<PatientsAnswer> {
  const { identity, records } = kernel
  const permission = privacyPermissions.breakGlass
  identity.demand(actor, { kind: 'permission', permission })
  const fields = await identity.masking.fieldsOf(actor)
  const asked = /\d/.test(text) ? 'identifier' : 'name:exact'
  if (asked === 'name:exact' && fields.has('name'))
    throw forbidden('your roles see names masked, so give a whole number', {
      code: 'privacy.masked',
      at: 'text',
    })
  const query = [
    [asked, text.replaceAll(/[\\,|$]/g, '\\$&')],
    ['_count', String(mostFound)],
  ] as const
  const page = await records.search(actor.tenant, 'Patient', query)
  const lines = page.matches.map((version) =>
    patientLine(version.id, parseVersion(version, 'Patient'), fields),
  )
  await identity.audit(actor, {
    action: permission,
    outcome: 'allowed',
    resourceType: 'Patient',
    detail: `found ${lines.length} by ${asked}`,
  })
  return { patients: lines }
}

/** What was looked at by it, which is what is judged. */
async function accessesAnswer({ identity }: Kernel, actor: Actor, id: string): Promise<AccessesAnswer> {
  const glass = await identity.breakGlass.find(actor, id)
  if (!glass) throw notFound(`there is no broken glass ${id}`, { code: 'privacy.no-glass', at: 'id' })
  const { entries, next } = await identity.auditTrail.list(actor, {
    actor: glass.holder,
    patient: glass.patient,
    from: glass.since,
    until: glass.until,
    limit: pageRows,
  })
  const accesses = entries.map(({ at, action, resourceType, resourceId, detail, outcome }) => ({
    at,
    action,
    outcome,
    ...(resourceType ? { resourceType } : {}),
    ...(resourceId ? { resourceId } : {}),
    ...(detail ? { detail } : {}),
  }))
  return { accesses, hasMore: next !== undefined }
}

async function listAnswer(kernel: Kernel, actor: Actor, query: unknown): Promise<GlassAnswer> {
  const state = optionalChoiceOf(query, 'state', ['waiting', 'overdue', 'reviewed'])
  const before = optionalTextOf(query, 'before')
  const limit = limitOf(query, pageRows)
  const glass = await kernel.identity.breakGlass.list(actor, {
    limit,
    ...(state ? { state } : {}),
    ...(before ? { before } : {}),
  })
  const patients = await patientLines(
    kernel,
    actor,
    glass.map(({ patient }) => patient),
  )
  const now = kernel.runtime.now()
  const last = glass.at(-1)
  return {
    glass: glass.map((each) => rowOf(each, patients.get(each.patient), now)),
    ...(glass.length === limit && last ? { next: last.id } : {}),
  }
}

function rowOf({ patient, review, ...glass }: Glass, line: PatientLine | undefined, now: string): GlassRow {
  const isOverdue = review === undefined && Date.parse(glass.reviewDue) < Date.parse(now)
  return {
    ...glass,
    patient: line ?? { id: patient, name: patient },
    isOverdue,
    ...(review ? { review } : {}),
  }
}

function standing({ id, patient, reason, since, until }: Glass): StandingGlass {
  return { id, patient, reason, since, until }
}
