/** `/api/privacy/requests`: what patients asked for by right, and the copy of a record that is handed over. */
import { createHash } from 'node:crypto'
import type { Kernel } from '@xinglin/app'
import { forbidden, type Instant, type ResourceOf } from '@xinglin/fhir'
import { type Actor, type MaskedField, maskedName, patientLines } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { requestOf } from '../commands/rights.ts'
import {
  copiedTask,
  requestRow,
  rightsTaskCode,
  rightsTaskSystem,
  standingOf,
} from '../commands/rights-task.ts'
import { type PatientLine, privacyPermissions, type RequestRow, type RequestsAnswer } from '../contract.ts'
import { retentionOf } from '../erasure/plan.ts'
import { idOf, limitOf, optionalChoiceOf, optionalTextOf } from './input.ts'

const pageRows = 50
const statusesOf = {
  open: 'requested,in-progress',
  answered: 'completed,rejected',
} as const
/** Resources of a chart that are read at once: some MB. */
const copiedAtOnce = 1_000

export function requestRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/requests', (request) => listAnswer(kernel, requireActor(request), request.query))
  http.post('/requests/:id/copy', async (request, reply) => {
    const { lines, patient } = await makeCopy(kernel, requireActor(request), idOf(request.params, 'id'))
    return reply
      .type('application/fhir+ndjson')
      .header('content-disposition', `attachment; filename="record-${patient}.ndjson"`)
      .header('cache-control', 'no-store')
      .send(lines)
  })
}

async function listAnswer(kernel: Kernel, actor: Actor, query: unknown): Promise<RequestsAnswer> {
  const { identity, records, runtime } = kernel
  const permission = privacyPermissions.readRequests
  identity.demand(actor, { kind: 'permission', permission })
  const state = optionalChoiceOf(query, 'state', ['open', 'answered'])
  const next = optionalTextOf(query, 'next')
  const asked = next
    ? [...new URLSearchParams(next)]
    : ([
        ['code', `${rightsTaskSystem}|${rightsTaskCode}`],
        ...(state ? ([['status', statusesOf[state]]] as const) : []),
        ['_sort', '-authored-on'],
        ['_count', String(limitOf(query, pageRows))],
      ] as const)
  const page = await records.search(actor.tenant, 'Task', asked)
  const tasks = page.matches.map((version): ResourceOf<'Task'> => parseVersion(version, 'Task'))
  const ids = tasks.flatMap((task) => standingOf(task)?.patient ?? [])
  const patients = await patientLines(kernel, actor, ids)
  const fields = await identity.masking.fieldsOf(actor)
  const now = runtime.now()
  const requests = await Promise.all(
    tasks.map((task) => rowOf(kernel, actor, { task, patients, now, fields })),
  )
  await identity.audit(actor, {
    action: permission,
    outcome: 'allowed',
    detail: `${requests.length} requests`,
  })
  return { requests, ...(page.next ? { next: page.next } : {}) }
}

async function rowOf(
  kernel: Kernel,
  actor: Actor,
  {
    task,
    patients,
    now,
    fields,
  }: {
    task: ResourceOf<'Task'>
    patients: ReadonlyMap<string, PatientLine>
    now: Instant
    fields: ReadonlySet<MaskedField>
  },
): Promise<RequestRow> {
  const standing = standingOf(task)
  const id = standing?.patient ?? ''
  const patient = patients.get(id) ?? { id, name: id }
  const isDeletion = standing?.kind === 'deletion' && standing.state !== 'answered'
  const row = requestRow(task, {
    patient,
    now,
    retention: isDeletion ? await retentionOf(kernel, actor.tenant, id) : undefined,
  })
  return { ...row, asker: maskedName(row.asker, fields) }
}

/**
 * Everything of the patient (R4 Patient/$everything) as NDJSON, given once who asks has proved who he is. It is the
 * patient's own record: consents keep it from others, not from him. Its hash stands in the request.
 */
async function makeCopy(
  kernel: Kernel,
  actor: Actor,
  id: string,
): Promise<{ readonly lines: string; readonly patient: string }> {
  const { identity, records, runtime } = kernel
  const permission = privacyPermissions.writeRequests
  identity.demand(actor, { kind: 'permission', permission })
  // The patient is given his record as it is: who sees it masked cannot give it.
  const fields = await identity.masking.fieldsOf(actor)
  if (fields.size > 0)
    throw forbidden('your roles see parts of the record masked, so let somebody else make the copy', {
      code: 'privacy.masked-copy',
    })
  const read = (type: 'Task', task: string) => records.read(actor.tenant, type, task)
  const { standing } = await requestOf({ read }, id, 'proved')
  if (standing.kind !== 'copy')
    throw forbidden('a copy is made for a request of a copy', { code: 'privacy.no-copy', at: 'id' })
  const lines = await everythingOf(kernel, actor, standing.patient)
  const text = lines.map((line) => `${line}\n`).join('')
  const sha256 = createHash('sha256').update(text).digest('hex')
  const made = runtime.now()
  await records.commit({ tenant: actor.tenant, actor: actor.reference }, async (unit) => {
    const { task } = await requestOf(unit, id, 'proved')
    const copied = copiedTask(task, { resources: lines.length, sha256, made })
    await unit.write([{ kind: 'update', resource: { ...copied, id } }])
    const { patient } = standing
    unit.state({
      kind: 'privacy.request-copied',
      resourceType: 'Task',
      resourceId: id,
      patient,
      data: { sha256 },
    })
    const detail = `copy · ${lines.length} resources · sha256 ${sha256}`
    const about = { resourceType: 'Patient', resourceId: patient, patient, detail }
    await identity.audit(actor, { action: permission, outcome: 'allowed', ...about }, unit.transaction)
  })
  return { lines: text, patient: standing.patient }
}

async function everythingOf({ records }: Kernel, actor: Actor, patient: string): Promise<readonly string[]> {
  const lines: string[] = []
  let next: string | undefined
  do {
    const page = await records.compartment(actor.tenant, {
      of: { type: 'Patient', id: patient },
      count: copiedAtOnce,
      ...(next === undefined ? {} : { after: next }),
    })
    const shown = [...(page.root ? [page.root] : []), ...page.members, ...page.referred]
    lines.push(...shown.filter(({ json }) => json !== '').map(({ json }) => json))
    next = page.next
  } while (next !== undefined)
  return [...new Set(lines)]
}
