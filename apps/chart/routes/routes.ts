/** The chart's addresses under `/api/chart`; every look at a patient is decided and audited by the guarded record. */
import type { Kernel } from '@xinglin/app'
import { invalid, type ResourceType } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { chartPermissions } from '../contract.ts'
import { type FoundPatient, findPatients } from '../finder/find-patients.ts'
import { maskFound, refuseFinding } from '../finder/masked.ts'
import { noteRecent, recentPatients } from '../finder/recent-patients.ts'
import { chartRecords } from './chart-records.ts'
import { attachmentAnswer, documentAnswer } from './document-route.ts'
import { lineageAnswer } from './lineage-route.ts'
import { momentsAnswer } from './moments-route.ts'
import { recordAnswer } from './record-route.ts'
import { resultsAnswer, trendAnswer } from './results-route.ts'
import { sourceAnswer } from './source-route.ts'
import { timelineAnswer, timelineTypes } from './timeline-route.ts'

type OfPatient = { Params: { id: string } }
type OfDocument = { Params: { id: string; type: string; document: string; index: string } }

/** What a browser may show by itself; everything else is handed out as a file. */
const shownTypes = /^(?:image\/(?:png|jpeg|gif|webp)|application\/pdf|text\/plain)\b/

export function chartRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.addHook('preHandler', async (request) =>
    kernel.identity.demand(requireActor(request), { kind: 'permission', permission: chartPermissions.read }),
  )
  finderRoutes(http, kernel)
  recordRoutes(http, kernel)
  paperRoutes(http, kernel)
}

function finderRoutes(http: FastifyInstance, kernel: Kernel): void {
  // A name or identity number must not stand in an address, which proxies and browsers keep: so POST.
  http.post<{ Body: { text?: unknown } }>('/find', async (request) => {
    const { text } = request.body ?? {}
    if (typeof text !== 'string') {
      throw invalid('the body needs text: a name, pinyin, initials or a number', {
        code: 'chart.text-missing',
        at: 'text',
      })
    }
    const actor = requireActor(request)
    kernel.identity.demand(actor, { kind: 'record', interaction: 'search', type: 'Patient' })
    const fields = await kernel.identity.masking.fieldsOf(actor)
    refuseFinding(text, fields)
    const seen = await kernel.identity.reach.seenSql(actor, 'Patient')
    const words = await kernel.records.sealing.words(actor.tenant)
    const found = await kernel.database.reading((from) =>
      findPatients(from, actor.tenant, text, { seen, words }),
    )
    return { patients: maskFound(await seenBy(kernel, actor, found), { typed: text, fields }) }
  })

  http.get('/recent', async (request) => {
    const actor = requireActor(request)
    const fields = await kernel.identity.masking.fieldsOf(actor)
    const recent = await seenBy(kernel, actor, await recentPatients(kernel.database, actor))
    return { patients: maskFound(recent, { fields }) }
  })

  http.post<{ Body: { patient?: unknown } }>('/recent', async (request, reply) => {
    const { patient } = request.body ?? {}
    if (typeof patient !== 'string' || patient === '') {
      throw invalid('the body needs patient as text', { code: 'chart.patient-missing', at: 'patient' })
    }
    await noteRecent(kernel.database, requireActor(request), { patient, at: kernel.runtime.now() })
    return reply.code(204).send()
  })
}

/** The patients whom the actor may read, with one audit entry for the answer. */
async function seenBy(
  kernel: Kernel,
  actor: Actor,
  found: readonly FoundPatient[],
): Promise<readonly FoundPatient[]> {
  const allowed = found.filter(
    ({ id }) =>
      kernel.identity.decide(actor, { kind: 'record', interaction: 'read', type: 'Patient', id, patient: id })
        .isAllowed,
  )
  const named = allowed.map(({ id }) => ({ type: 'Patient' as const, id }))
  const reached = new Set((await kernel.identity.reach.reached(actor, named)).map(({ id }) => id))
  const seen = allowed.filter(({ id }) => reached.has(id))
  await kernel.identity.audit(actor, {
    action: 'search',
    outcome: 'allowed',
    resourceType: 'Patient',
    detail: `chart · ${seen.length} found`,
  })
  return seen
}

type AtInstant = { Querystring: { asOf?: string } }

function recordRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const recordsFor = (request: FastifyRequest<AtInstant>) =>
    chartRecords(identity.recordsFor(requireActor(request)), request.query.asOf)

  http.get<OfPatient & AtInstant>('/patients/:id/record', async (request) => {
    const answer = await recordAnswer(recordsFor(request), request.params.id)
    const { asOf } = request.query
    return asOf === undefined ? answer : { ...answer, asOf }
  })

  http.get<OfPatient>('/patients/:id/moments', (request) =>
    momentsAnswer(identity.recordsFor(requireActor(request)), request.params.id),
  )

  http.get<OfPatient & AtInstant & { Querystring: { next?: string } }>('/patients/:id/results', (request) =>
    resultsAnswer(recordsFor(request), request.params.id, request.query.next),
  )

  http.get<OfPatient & AtInstant & { Querystring: { test?: string } }>('/patients/:id/trend', (request) => {
    const { test } = request.query
    if (!test)
      throw invalid('say which test (?test=system|code unit)', { code: 'chart.test-missing', at: 'test' })
    return trendAnswer(recordsFor(request), request.params.id, test)
  })

  http.get<OfPatient & AtInstant & { Querystring: { before?: string; types?: string } }>(
    '/patients/:id/timeline',
    (request) => {
      const { before, types } = request.query
      const asked = new Set(types?.split(','))
      return timelineAnswer(recordsFor(request), {
        patient: request.params.id,
        types: types ? timelineTypes.filter((type) => asked.has(type)) : timelineTypes,
        before: parseMoment(before),
      })
    },
  )
}

function paperRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity } = kernel
  const recordsFor = (request: FastifyRequest<AtInstant>) =>
    chartRecords(identity.recordsFor(requireActor(request)), request.query.asOf)

  http.get<OfDocument & AtInstant>('/patients/:id/documents/:type/:document', (request) => {
    const { id: patient, type, document } = request.params
    return documentAnswer(recordsFor(request), { patient, type, id: document, asOf: request.query.asOf })
  })

  http.get<OfDocument & AtInstant>(
    '/patients/:id/attachments/:type/:document/:index',
    async (request, reply) => {
      const { id: patient, type, document, index } = request.params
      const address = { patient, type, id: document }
      const { bytes, contentType } = await attachmentAnswer(recordsFor(request), address, Number(index))
      const isShown = shownTypes.test(contentType)
      return reply
        .type(isShown ? contentType : 'application/octet-stream')
        .header('content-disposition', isShown ? 'inline' : 'attachment')
        .send(bytes)
    },
  )

  http.get<OfDocument & AtInstant>('/patients/:id/sources/:type/:document', (request) => {
    const { id: patient, type, document } = request.params
    // The record itself refuses a type that FHIR does not know.
    return sourceAnswer(recordsFor(request), { patient, type: type as ResourceType, id: document })
  })

  http.get<OfDocument>('/patients/:id/sources/:type/:document/lineage', (request) => {
    const { id: patient, type, document } = request.params
    return lineageAnswer(kernel, requireActor(request), { patient, type: type as ResourceType, id: document })
  })
}

function parseMoment(text: string | undefined): string | undefined {
  if (text === undefined || !Number.isNaN(Date.parse(text))) return text
  throw invalid('before must be a FHIR dateTime', { code: 'chart.bad-moment', at: 'before' })
}
