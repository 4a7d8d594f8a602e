/** `/api/privacy/own/:patient/requests`: a patient asks by right (PIPL articles 44 to 50), and takes the copy that was granted. */
import { createHash } from 'node:crypto'
import type { Kernel } from '@xinglin/app'
import { conflict, fault, notFound, type ResourceOf } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import { chartAsked } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  provedTask,
  requestRow,
  rightsTask,
  rightsTaskCode,
  rightsTaskSystem,
  standingOf,
} from '../commands/rights-task.ts'
import type { OwnRequestRow, OwnRequestsAnswer, RequestedRight } from '../contract.ts'
import { choiceOf, idOf, textOf } from '../routes/input.ts'
import { actAsPatient, demandSelfOrGuardian } from './act.ts'

const mostRequests = 100
const copiedAtOnce = 1_000

export function ownRequestRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/own/:patient/requests', async (request): Promise<OwnRequestsAnswer> => {
    const { actor, patient } = chartAsked(request)
    await demandSelfOrGuardian(kernel, actor, patient)
    return { requests: await requestsOf(kernel, actor, patient) }
  })
  http.post('/own/:patient/requests', async (request) => {
    const { actor, patient } = chartAsked(request)
    return ask(kernel, actor, { patient, body: request.body })
  })
  http.get('/own/:patient/requests/:id/copy', async (request, reply) => {
    const { actor, patient } = chartAsked(request)
    await demandSelfOrGuardian(kernel, actor, patient)
    const lines = await copyOf(kernel, actor, { patient, id: idOf(request.params, 'id') })
    return reply
      .type('application/fhir+ndjson')
      .header('content-disposition', 'attachment; filename="my-record.ndjson"')
      .header('cache-control', 'no-store')
      .send(lines)
  })
}

/** The account has proved who asks: the desk goes on from there. */
async function ask(
  kernel: Kernel,
  actor: Actor,
  { patient, body }: { readonly patient: string; readonly body: unknown },
): Promise<RequestedRight> {
  const { identity, runtime } = kernel
  const relation = await demandSelfOrGuardian(kernel, actor, patient)
  const kind = choiceOf(body, 'kind', ['copy', 'correction', 'deletion'])
  const asker = { name: actor.display, relation }
  const input = { patient, kind, asker, wish: textOf(body, 'wish') }
  const { phoneEnd } = await identity.patients.own(actor)
  return actAsPatient(
    kernel,
    actor,
    { action: 'privacy.own.request', patient, type: 'Task' },
    async (unit) => {
      const asked = rightsTask(input, unit.at, runtime.timeZone)
      const proof = { request: '', document: 'verified-account', lastFour: phoneEnd } as const
      const resource = { ...provedTask(asked, proof, unit.at), resourceType: 'Task' } as const
      const [task] = await unit.write([{ kind: 'create', resource }])
      if (!task) throw fault('the request was not written', { code: 'privacy.not-written' })
      const about = { resourceType: 'Task', resourceId: task.id, patient } as const
      unit.state({ kind: 'privacy.request-received', ...about }, { kind: 'privacy.request-proved', ...about })
      return { request: task.id }
    },
  )
}

/** Tasks are the house's: a patient is told of his own requests and of no other. */
async function requestsOf(
  { records, identity, runtime }: Kernel,
  actor: Actor,
  patient: string,
): Promise<readonly OwnRequestRow[]> {
  const page = await records.search(actor.tenant, 'Task', [
    ['patient', patient],
    ['code', `${rightsTaskSystem}|${rightsTaskCode}`],
    ['_sort', '-authored-on'],
    ['_count', String(mostRequests)],
  ])
  await identity.audit(actor, {
    ...{ action: 'privacy.own.requests', outcome: 'allowed', patient, resourceType: 'Task' },
    detail: `${page.matches.length} requests`,
  })
  const now = runtime.now()
  return page.matches.map((version) => {
    const task: ResourceOf<'Task'> = parseVersion(version, 'Task')
    const {
      patient: _,
      retention: __,
      copy: ___,
      ...row
    } = requestRow(task, { patient: { id: patient, name: '' }, now })
    return { ...row, hasCopy: row.decision === 'granted' && row.kind === 'copy' }
  })
}

/** What he may see of it, at this moment; withheld until it is released stays withheld here too. */
async function copyOf(
  { records, identity }: Kernel,
  actor: Actor,
  { patient, id }: { readonly patient: string; readonly id: string },
): Promise<string> {
  const version = await records.read(actor.tenant, 'Task', id)
  const task = version && version.interaction !== 'delete' ? parseVersion(version, 'Task') : undefined
  const standing = task && standingOf(task)
  if (!task || standing?.patient !== patient || standing.kind !== 'copy')
    throw notFound(`there is no request ${id} of yours`, { code: 'privacy.no-request', at: 'id' })
  if (task.status !== 'completed')
    throw conflict('the copy is not granted yet', { code: 'privacy.request-state', at: 'id' })
  const guarded = identity.recordsFor(actor)
  const lines: string[] = []
  let next: string | undefined
  do {
    const page = await guarded.compartment({
      ...{ of: { type: 'Patient', id: patient }, count: copiedAtOnce },
      ...(next === undefined ? {} : { after: next }),
    })
    const shown = [...(page.root ? [page.root] : []), ...page.members, ...page.referred]
    lines.push(...shown.filter(({ json }) => json !== '').map(({ json }) => json))
    next = page.next
  } while (next !== undefined)
  const text = [...new Set(lines)].map((line) => `${line}\n`).join('')
  const sha256 = createHash('sha256').update(text).digest('hex')
  await identity.audit(actor, {
    ...{ action: 'privacy.own.copy', outcome: 'allowed', patient, resourceType: 'Task', resourceId: id },
    detail: `${lines.length} resources · sha256 ${sha256}`,
  })
  return text
}
