/** J-SEC-5: a request by right is taken, its asker proves who he is, and it is answered; each a command with its audit entry. */
import type { Command } from '@xinglin/app'
import { conflict, fault, notFound, type ResourceOf } from '@xinglin/fhir'
import { parseVersion, type Unit } from '@xinglin/records'
import {
  type AnswerRight,
  type ProveIdentity,
  privacyPermissions,
  type RequestedRight,
  type RequestRight,
} from '../contract.ts'
import { askErasure } from '../erasure/ask.ts'
import { bodyOf, choiceOf, idOf, memberOf, textOf } from '../routes/input.ts'
import { answeredTask, provedTask, rightsTask, type Standing, standingOf } from './rights-task.ts'

const permission = privacyPermissions.writeRequests

export const requestRight: Command<RequestRight, RequestedRight> = {
  name: 'request-right',
  permission,
  parse(input) {
    const asker = memberOf(bodyOf(input), 'asker')
    return {
      patient: idOf(input, 'patient'),
      kind: choiceOf(input, 'kind', ['copy', 'correction', 'deletion']),
      asker: {
        name: textOf(asker, 'name'),
        relation: choiceOf(asker, 'relation', ['patient', 'guardian', 'agent', 'heir']),
      },
      wish: textOf(input, 'wish'),
    }
  },
  subject: ({ patient }) => ({ resourceType: 'Task', patient }),
  run: async (unit, input, { runtime }) => {
    const patient = await unit.read('Patient', input.patient)
    if (!patient || patient.interaction === 'delete')
      throw notFound(`there is no Patient/${input.patient}`, { code: 'privacy.no-patient', at: 'patient' })
    const resource = rightsTask(input, unit.at, runtime.timeZone)
    const [task] = await unit.write([{ kind: 'create', resource }])
    if (!task) throw fault('the request was not written', { code: 'privacy.not-written' })
    state(unit, 'received', task.id, input.patient)
    return { request: task.id }
  },
}

export const proveIdentity: Command<ProveIdentity, undefined> = {
  name: 'prove-identity',
  permission,
  parse: (input) => ({
    request: idOf(bodyOf(input), 'request'),
    document: choiceOf(input, 'document', [
      'identity-card',
      'passport',
      'birth-certificate',
      'authorisation',
      'other',
    ]),
    // The number itself is not kept: who asks was looked at, and the last four tell which paper it was.
    lastFour: textOf(input, 'lastFour').slice(-4),
  }),
  subject: ({ request }) => ({ resourceType: 'Task', resourceId: request }),
  run: async (unit, input) => {
    const { task, standing } = await requestOf(unit, input.request, 'received')
    await unit.write([{ kind: 'update', resource: provedTask(task, input, unit.at) }])
    state(unit, 'proved', input.request, standing.patient)
    return undefined
  },
}

export const answerRight: Command<AnswerRight, undefined> = {
  name: 'answer-right',
  permission,
  parse: (input) => ({
    request: idOf(bodyOf(input), 'request'),
    decision: choiceOf(input, 'decision', ['granted', 'refused']),
    words: textOf(input, 'words'),
  }),
  subject: ({ request }) => ({ resourceType: 'Task', resourceId: request }),
  run: async (unit, input, { runtime }) => {
    const { task, standing } = await requestOf(unit, input.request, 'proved')
    const { request, decision } = input
    if (standing.kind === 'deletion' && decision === 'granted')
      await askErasure(unit, { id: runtime.newId(), request, patient: standing.patient })
    await unit.write([{ kind: 'update', resource: answeredTask(task, input, unit.at) }])
    state(unit, 'answered', input.request, standing.patient)
    return undefined
  },
}

/** A request that stands where an act needs it. */
export async function requestOf(
  unit: Pick<Unit, 'read'>,
  id: string,
  state: Standing['state'],
): Promise<{ readonly task: ResourceOf<'Task'>; readonly standing: Standing }> {
  const version = await unit.read('Task', id)
  const task = version && version.interaction !== 'delete' ? parseVersion(version, 'Task') : undefined
  const standing = task && standingOf(task)
  if (!task || !standing)
    throw notFound(`there is no request ${id}`, { code: 'privacy.no-request', at: 'request' })
  if (standing.state !== state)
    throw conflict(`the request is ${standing.state}, and this is done to one that is ${state}`, {
      code: 'privacy.request-state',
      at: 'request',
    })
  return { task, standing }
}

function state(unit: Unit, verb: string, id: string, patient: string): void {
  unit.state({ kind: `privacy.request-${verb}`, resourceType: 'Task', resourceId: id, patient })
}
