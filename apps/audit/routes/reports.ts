/**
 * `/api/audit/reports/:patient`: who opened one record, as its patient may read it on paper (个人信息保护法 Art. 44, 45): who by
 * a masked name with role and department, when, what, why, and whether it was refused. As CSV too.
 */
import type { Kernel } from '@xinglin/app'
import { type Actor, patientLines } from '@xinglin/identity'
import { type Opening, recordOpenings } from '@xinglin/identity/audit'
import { csvLine, requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { auditPermissions, type ReportAnswer } from '../contract.ts'
import { memberOf, optionalInstantOf, wrong } from './input.ts'

/** Years of a usual record; a longer one is told in stretches of time. */
const mostEntries = 20_000

export function reportRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/reports/:patient', (request) => reportOf(kernel, request))
  http.get('/reports/:patient/csv', async (request, reply) => {
    const report = await reportOf(kernel, request)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="accesses.csv"')
      .send(csvOf(report))
  })
}

async function reportOf(kernel: Kernel, request: FastifyRequest): Promise<ReportAnswer> {
  const { identity, runtime } = kernel
  const actor = requireActor(request)
  const patient = patientIn(request)
  const from = optionalInstantOf(request.query, 'from')
  const until = optionalInstantOf(request.query, 'until')
  const action = auditPermissions.readReports
  identity.demand(actor, { kind: 'permission', permission: action })
  const time = { ...(from ? { from } : {}), ...(until ? { until } : {}) }
  const { tenant } = actor
  const { entries, next } = await identity.auditTrail.forPatient(tenant, patient, {
    limit: mostEntries,
    ...time,
  })
  const openings = await recordOpenings(kernel, { tenant }, entries)
  const detail = `${entries.length} accesses`
  await identity.audit(actor, { action, outcome: 'allowed', patient, detail })
  return {
    patient: await lineOf(kernel, actor, patient),
    ...{ at: runtime.now(), by: actor.display, ...time, openings, hasMore: next !== undefined },
  }
}

function patientIn({ params }: FastifyRequest): string {
  const id = memberOf(params, 'patient')
  if (typeof id === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(id)) return id
  throw wrong('patient', 'patient must be an id of FHIR')
}

async function lineOf(kernel: Kernel, actor: Actor, id: string): Promise<ReportAnswer['patient']> {
  const lines = await patientLines(kernel, actor, [id])
  return lines.get(id) ?? { id, name: `Patient/${id}` }
}

/** RFC 4180, with the byte order mark by which spreadsheets know UTF-8. */
function csvOf({ openings }: ReportAnswer): string {
  const names = 'from,until,kind,who,role,department,app,actions,content,purpose,outcome,accesses'.split(',')
  const lines = openings.map((opening) => csvLine(cellsOf(opening)))
  return `\uFEFF${csvLine(names)}${lines.join('')}`
}

function cellsOf({ who, actions, types, ...opening }: Opening): readonly string[] {
  const staff = who.kind === 'staff' ? who : undefined
  const roles = staff?.roles.map(({ zh, en }) => `${zh} ${en}`).join('; ') ?? ''
  return [
    ...[opening.from, opening.until, who.kind, 'name' in who ? who.name : ''],
    ...[roles, staff?.departments.join('; ') ?? '', opening.app ?? '', actions.join(' '), types.join(' ')],
    ...[opening.purpose ?? 'TREAT', opening.isRefused ? 'refused' : 'allowed', String(opening.accesses)],
  ]
}
