/**
 * A patient's request by right (PIPL articles 44 to 50: copy, correction, deletion) as a FHIR R4 Task: what was asked by
 * whom, how he proved who he is, what was done and what was answered, each an input or output of the Task.
 */
import { epochMs, type Instant, instantOf, parseReference, type ResourceOf, type Task } from '@xinglin/fhir'
import type {
  AnswerRight,
  PatientLine,
  ProveIdentity,
  RequestRight,
  RequestRow,
  Retention,
  RightsKind,
} from '../contract.ts'

export const rightsTaskSystem = 'urn:xinglin:task'
export const rightsTaskCode = 'personal-rights-request'
const partSystem = 'urn:xinglin:rights-request'
const kindSystem = 'urn:xinglin:right'

/** GB/T 35273-2020 §8.7 a: thirty days after who asks has proved who he is; we count from the day of asking. */
const answerWithinDays = 30
const dayMs = 86_400_000

export function rightsTask(input: RequestRight, at: Instant, timeZone: string): ResourceOf<'Task'> {
  const due = instantOf(epochMs(at) + answerWithinDays * dayMs, timeZone)
  return {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: rightsTaskSystem, code: rightsTaskCode }] },
    for: { reference: `Patient/${input.patient}` },
    authoredOn: at,
    description: input.wish,
    restriction: { period: { start: at, end: due } },
    input: [
      { type: part('kind'), valueCoding: { system: kindSystem, code: input.kind } },
      { type: part('asker'), valueString: input.asker.name },
      { type: part('relation'), valueCode: input.asker.relation },
    ],
  }
}

export function provedTask(task: Task, { document, lastFour }: ProveIdentity, at: Instant): Task {
  const proof = { type: part('proof'), valueString: `${document} …${lastFour}` }
  return { ...task, status: 'in-progress', lastModified: at, input: [...(task.input ?? []), proof] }
}

export type MadeCopy = { readonly resources: number; readonly sha256: string; readonly made: Instant }

/** The newest copy takes the place of one before. */
export function copiedTask(task: Task, { resources, sha256, made }: MadeCopy): Task {
  const others = (task.output ?? []).filter(({ type }) => !isPart(type, 'copy'))
  const copy = { type: part('copy'), valueString: `${resources} ${sha256} ${made}` }
  return { ...task, lastModified: made, output: [...others, copy] }
}

export function answeredTask(task: Task, { decision, words }: AnswerRight, at: Instant): Task {
  return {
    ...task,
    status: decision === 'granted' ? 'completed' : 'rejected',
    lastModified: at,
    output: [
      ...(task.output ?? []),
      { type: part('decision'), valueCode: decision },
      { type: part('answer'), valueString: words },
    ],
  }
}

export type Standing = {
  readonly state: RequestRow['state']
  readonly kind: RightsKind
  readonly patient: string
}

/** Undefined where a Task is no such request. */
export function standingOf(task: Task): Standing | undefined {
  const patient = parseReference(task.for?.reference)?.id
  const isRequest = task.code?.coding?.some(
    ({ system, code }) => system === rightsTaskSystem && code === rightsTaskCode,
  )
  if (!isRequest || patient === undefined) return undefined
  const kind = task.input?.find(({ type }) => isPart(type, 'kind'))?.valueCoding?.code
  return { state: stateOf(task), kind: isKind(kind) ? kind : 'copy', patient }
}

export function requestRow(
  task: Task & { readonly id?: string },
  { patient, retention, now }: { patient: PatientLine; retention?: Retention | undefined; now: Instant },
): RequestRow {
  const standing = standingOf(task)
  const said = (code: string) => task.input?.find(({ type }) => isPart(type, code))
  const done = (code: string) => task.output?.find(({ type }) => isPart(type, code))
  const state = standing?.state ?? 'received'
  const due = task.restriction?.period?.end ?? ''
  const decision = done('decision')?.valueCode
  const proof = said('proof')?.valueString
  const copy = done('copy')?.valueString?.split(' ')
  return {
    id: task.id ?? '',
    patient,
    kind: standing?.kind ?? 'copy',
    asker: said('asker')?.valueString ?? '',
    relation: said('relation')?.valueCode ?? '',
    wish: task.description ?? '',
    received: task.authoredOn ?? '',
    due,
    isOverdue: state !== 'answered' && epochMs(due) < epochMs(now),
    state,
    ...(proof ? { proof } : {}),
    ...(copy ? { copy: { resources: Number(copy[0]), sha256: copy[1] ?? '', made: copy[2] ?? '' } } : {}),
    ...(retention ? { retention } : {}),
    ...(decision === 'granted' || decision === 'refused' ? { decision } : {}),
    ...(state === 'answered'
      ? { answer: done('answer')?.valueString ?? '', answered: task.lastModified ?? '' }
      : {}),
  }
}

function stateOf({ status }: Task): RequestRow['state'] {
  if (status === 'requested') return 'received'
  return status === 'completed' || status === 'rejected' ? 'answered' : 'proved'
}

function part(code: string) {
  return { coding: [{ system: partSystem, code }] }
}

function isPart(type: Task['code'], code: string): boolean {
  return type?.coding?.some((each) => each.system === partSystem && each.code === code) === true
}

function isKind(code: string | undefined): code is RightsKind {
  return code === 'copy' || code === 'correction' || code === 'deletion'
}
