/** `/api/audit/patients/find`: whose record is asked about, by a whole number or the record's own id; never by a name. */
import type { Kernel } from '@xinglin/app'
import { type Actor, patientLines } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { type PatientsAnswer, auditPermissions as permissions } from '../contract.ts'
import { textOf } from './input.ts'

/** Records of one number; more than these is no number of one person. */
const mostFound = 10

export function patientRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.post('/patients/find', async (request): Promise<PatientsAnswer> => {
    const actor = requireActor(request)
    const permission = permissions.readReports
    kernel.identity.demand(actor, { kind: 'permission', permission })
    const text = textOf(request.body, 'text')
    const ids = await idsOf(kernel, actor, text)
    const found = await patientLines(kernel, actor, ids)
    const detail = `found ${found.size} by number`
    await kernel.identity.audit(actor, {
      action: permission,
      outcome: 'allowed',
      resourceType: 'Patient',
      detail,
    })
    return { patients: [...found.values()] }
  })
}

/** A record that was deleted has its trail still, so an id is taken as it is given. */
async function idsOf({ records }: Kernel, { tenant }: Actor, text: string): Promise<readonly string[]> {
  const page = await records.search(tenant, 'Patient', [
    ['identifier', text.replaceAll(/[\\,|$]/g, '\\$&')],
    ['_count', String(mostFound)],
  ])
  const byNumber = page.matches.map(({ id }) => id)
  return byNumber.length === 0 && /^[A-Za-z0-9\-.]{1,64}$/.test(text) ? [text] : byNumber
}
