/** `/api/my-record/desk`: accounts of patients that matched several records, or one that has an account; staff decides by papers. */
import type { Kernel } from '@xinglin/app'
import { invalid } from '@xinglin/fhir'
import { type Actor, type DeskRow, maskName } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { type DeskAnswer, type DeskLine, type DeskPatient, myRecordPermissions } from '../contract.ts'
import { nameOf } from './charts.ts'

export function deskRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity } = kernel
  http.get('/desk', async (request): Promise<DeskAnswer> => {
    const actor = requireActor(request)
    const permission = myRecordPermissions.readDesk
    identity.demand(actor, { kind: 'permission', permission })
    const rows = await identity.patients.desk(actor.tenant)
    const lines = await Promise.all(rows.map((row) => lineOf(kernel, actor, row)))
    await identity.audit(actor, {
      action: permission,
      outcome: 'allowed',
      detail: `${lines.length} accounts`,
    })
    return { lines }
  })
  http.post<{ Params: { id: string } }>('/desk/:id', async (request, reply) => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: myRecordPermissions.writeDesk })
    identity.demandStepUp(actor)
    const patient = patientIn(request.body)
    await identity.patients.settle(actor, { id: request.params.id, ...(patient ? { patient } : {}) })
    return reply.code(204).send()
  })
}

async function lineOf(kernel: Kernel, actor: Actor, row: DeskRow): Promise<DeskLine> {
  const { id, phoneEnd, reason, document, at } = row
  const patients = await Promise.all(row.patients.map((each) => patientOf(kernel, actor, each)))
  return { id, phoneEnd, reason, document, at, patients }
}

/** Read as the person at the desk may; one whom he may not see stands with a masked name. */
async function patientOf(kernel: Kernel, actor: Actor, id: string): Promise<DeskPatient> {
  const version = await kernel.identity.recordsFor(actor).read('Patient', id)
  if (!version || version.interaction === 'delete') return { id, name: maskName('？') }
  const { name, gender, birthDate, identifier } = parseVersion(version, 'Patient')
  const mrn = identifier?.find(({ type }) => type?.coding?.some(({ code }) => code === 'MR'))?.value
  return {
    id,
    name: nameOf({ name }),
    ...(gender ? { gender } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(mrn ? { mrn } : {}),
  }
}

/** Absent: nobody of them. */
function patientIn(body: unknown): string | undefined {
  const given =
    typeof body === 'object' && body !== null && Object.hasOwn(body, 'patient')
      ? Reflect.get(body, 'patient')
      : undefined
  if (given === undefined || given === null) return undefined
  if (typeof given === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(given)) return given
  throw invalid('patient must be an id of FHIR', { code: 'my-record.field', at: 'patient' })
}
