/** `/api/audit/reports/:patient`: who opened one record, as a patient may read it (个人信息保护法 Art. 45); also as CSV. */
import type { Kernel } from '@xinglin/app'
import type { Actor, AuditEntry } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { auditPermissions, type ReportAnswer, type ReportRow } from '../contract.ts'
import { csvLine } from './csv.ts'
import { memberOf, wrong } from './input.ts'

/** A few pages of paper; the CSV has the same. */
const mostRows = 1_000

export function reportRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/reports/:patient', (request) => reportOf(kernel, requireActor(request), patientIn(request)))
  http.get('/reports/:patient/csv', async (request, reply) => {
    const { rows } = await reportOf(kernel, requireActor(request), patientIn(request))
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="accesses.csv"')
      .send(csvOf(rows))
  })
}

function patientIn({ params }: FastifyRequest): string {
  const id = memberOf(params, 'patient')
  if (typeof id === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(id)) return id
  throw wrong('patient', 'patient must be an id of FHIR')
}

async function reportOf({ identity, runtime }: Kernel, actor: Actor, patient: string): Promise<ReportAnswer> {
  identity.demand(actor, { kind: 'permission', permission: auditPermissions.readReports })
  const { entries, next } = await identity.auditTrail.forPatient(actor.tenant, patient, mostRows)
  await identity.audit(actor, {
    ...{ action: auditPermissions.readReports, outcome: 'allowed', patient },
    detail: `${entries.length} accesses`,
  })
  return { patient, at: runtime.now(), rows: entries.map(rowOf), hasMore: next !== undefined }
}

/** Addresses, sessions and search words of staff are not the patient's; who, when, what and why are. */
function rowOf({
  at,
  actorDisplay,
  action,
  resourceType,
  resourceId,
  outcome,
  purpose,
}: AuditEntry): ReportRow {
  return {
    ...{ at, who: actorDisplay, action, outcome },
    object: [resourceType, resourceId].filter(Boolean).join('/'),
    ...(purpose ? { purpose } : {}),
  }
}

/** RFC 4180, with the byte order mark by which spreadsheets know UTF-8. */
function csvOf(rows: readonly ReportRow[]): string {
  const names = ['at', 'who', 'action', 'object', 'outcome', 'purpose'] as const
  const lines = rows.map((row) => csvLine(names.map((name) => row[name] ?? '')))
  return `\uFEFF${csvLine(names)}${lines.join('')}`
}
