/** `/api/chart/own/:patient/…`: the same chart for the patient himself, as far as he may see it. */
import type { Kernel } from '@xinglin/app'
import { chartAsked } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { documentAnswer } from './document-route.ts'
import { recordAnswer } from './record-route.ts'
import { resultsAnswer } from './results-route.ts'

type Address = { readonly type: string; readonly document: string }

/** Registers the looks of the patients' realm. */
export function ownRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const recordsOf = (request: FastifyRequest) => {
    const { actor, patient } = chartAsked(request)
    return { records: identity.recordsFor(actor), patient }
  }
  http.get('/own/:patient/record', (request) => {
    const { records, patient } = recordsOf(request)
    return recordAnswer(records, patient)
  })
  http.get<{ Querystring: { next?: string } }>('/own/:patient/results', (request) => {
    const { records, patient } = recordsOf(request)
    return resultsAnswer(records, patient, request.query.next)
  })
  http.get<{ Params: Address }>('/own/:patient/documents/:type/:document', (request) => {
    const { records, patient } = recordsOf(request)
    const { type, document } = request.params
    return documentAnswer(records, { patient, type, id: document })
  })
}
