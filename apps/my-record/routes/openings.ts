/** `GET /api/my-record/:patient/openings`: who opened this record; staff by role, department and a masked name. */
import type { Kernel } from '@xinglin/app'
import { forbidden } from '@xinglin/fhir'
import { recordOpenings } from '@xinglin/identity/audit'
import { chartAsked } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { OpeningsAnswer } from '../contract.ts'

/** Some months of a usual record; older ones are handed out at a desk. */
const mostEntries = 1_000

export function openingRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity } = kernel
  http.get('/:patient/openings', async (request): Promise<OpeningsAnswer> => {
    const { actor, patient } = chartAsked(request)
    const charts = await identity.patients.charts(actor)
    if (charts.find((chart) => chart.patient === patient)?.relation === 'delegate')
      throw forbidden('you may look at this record, and not at who else does', {
        code: 'my-record.not-yours',
      })
    const { entries, next } = await identity.auditTrail.forPatient(actor.tenant, patient, mostEntries)
    await identity.audit(actor, {
      ...{ action: 'my-record.openings.read', outcome: 'allowed', patient },
      detail: `${entries.length} accesses`,
    })
    const openings = await recordOpenings(kernel, { tenant: actor.tenant, self: actor.reference }, entries)
    return { openings, hasMore: next !== undefined }
  })
}
