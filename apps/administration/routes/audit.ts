/** `/api/administration/audit`: the audit trail by who, what, whose, when and outcome; `audit.csv` is all of it as a file. */
import { Readable } from 'node:stream'
import type { Kernel } from '@xinglin/app'
import type { AuditFilter } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { AuditAnswer } from '../contract.ts'
import { auditCsv } from './audit-csv.ts'
import { limitOf, optionalChoiceOf, optionalInstantOf, optionalTextOf } from './input.ts'

const pageEntries = 200

export function auditRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const { auditTrail } = identity
  http.get(
    '/audit',
    async (request): Promise<AuditAnswer> =>
      auditTrail.list(requireActor(request), {
        ...filterOf(request.query),
        before: optionalTextOf(request.query, 'before'),
        limit: limitOf(request.query, pageEntries),
      }),
  )
  http.get('/audit.csv', async (request, reply) => {
    const pages = await auditTrail.pages(requireActor(request), filterOf(request.query))
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="audit.csv"')
      .send(Readable.from(auditCsv(pages)))
  })
}

function filterOf(query: unknown): AuditFilter {
  return {
    actor: optionalTextOf(query, 'actor'),
    action: optionalTextOf(query, 'action'),
    resourceType: optionalTextOf(query, 'resourceType'),
    patient: optionalTextOf(query, 'patient'),
    outcome: optionalChoiceOf(query, 'outcome', ['allowed', 'refused', 'failed']),
    from: optionalInstantOf(query, 'from'),
    until: optionalInstantOf(query, 'until'),
  }
}
