/**
 * IHE ITI PIXm, Patient Identifier Cross-reference Query [ITI-83] §3.83.4: the other numbers of a person of whom one number
 * is known. One person are all Patients that merges and links hold together; numbers that a merge made old are not told,
 * but still find the person. Answers of §3.83.4.2.2: 404 for an unknown number, 400 for an unknown authority of it, 403 for
 * an unknown target.
 */
import {
  type Failure,
  type FailureDetail,
  invalid,
  issue,
  OutcomeError,
  type ResourceOf,
} from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import type { Answer } from '../http/answer.ts'
import type { OperationCall } from './operation.ts'
import { badValue, refuseUnknown, textOf, textsOf } from './parameters.ts'

/** Links are followed so many steps: merges upon merges. */
const mostSteps = 5
/** Patients of one person; more is a mistake of the links. */
const mostRecords = 100

type Found = ResourceOf<'Patient'> & { readonly id: string }

export async function pix({ records, parameters }: OperationCall): Promise<Answer> {
  refuseUnknown(parameters, ['sourceIdentifier', 'targetSystem', '_format'])
  const source = sourceOf(textOf(parameters, 'sourceIdentifier'))
  const targets = textsOf(parameters, 'targetSystem')
  for (const target of targets) {
    if (!(await isKnown(records, target)))
      throw unknown('forbidden', 'targetSystem not found', { code: 'fhir-api.pix-target' })
  }
  const first = await patientsBy(records, ['identifier', `${source.system}|${source.value}`])
  if (first.length === 0) {
    if (await isKnown(records, source.system))
      throw unknown('notFound', 'sourceIdentifier Patient Identifier not found', {
        code: 'fhir-api.pix-source',
      })
    throw unknown('invalid', 'sourceIdentifier Assigning Authority not found', {
      code: 'fhir-api.pix-authority',
    })
  }
  const person = await wholePerson(records, first)
  const parameter = person.filter(isStanding).flatMap((patient) => answersOf(patient, { source, targets }))
  return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter }) }
}

type Source = { readonly system: string; readonly value: string }

function sourceOf(text: string | undefined): Source {
  if (text === undefined)
    throw invalid('$ihe-pix needs a parameter sourceIdentifier', {
      code: 'fhir-api.operation-missing',
      at: 'sourceIdentifier',
    })
  const [system = '', value = '', ...more] = text.split('|')
  if (system === '' || value === '' || more.length > 0)
    throw badValue('sourceIdentifier', 'must be a system and a value with | between them')
  return { system, value }
}

async function isKnown(records: GuardedRecords, system: string): Promise<boolean> {
  const { matches } = await records.search('Patient', [
    ['identifier', `${system}|`],
    ['_count', '1'],
  ])
  return matches.length > 0
}

async function patientsBy(
  records: GuardedRecords,
  asked: readonly [name: '_id' | 'identifier', value: string],
): Promise<readonly Found[]> {
  const { matches } = await records.search('Patient', [asked, ['_count', String(mostRecords)]])
  return matches.map((version) => ({ ...parseVersion(version, 'Patient'), id: version.id }))
}

/** These and all that links lead to, both ways: each Patient of a merge or a link names the other. */
async function wholePerson(records: GuardedRecords, first: readonly Found[]): Promise<readonly Found[]> {
  const found = new Map(first.map((patient) => [patient.id, patient]))
  let newest = first
  for (let step = 0; step < mostSteps && newest.length > 0 && found.size < mostRecords; step++) {
    const asked = [...new Set(newest.flatMap(linkedTo))].filter((id) => !found.has(id))
    if (asked.length === 0) break
    newest = await patientsBy(records, ['_id', asked.slice(0, mostRecords).join(',')])
    for (const patient of newest) found.set(patient.id, patient)
  }
  return [...found.values()].toSorted((left, right) => (left.id < right.id ? -1 : 1))
}

function linkedTo({ link = [] }: Found): readonly string[] {
  return link.flatMap(({ other }) => /^Patient\/([^/]+)$/.exec(other.reference ?? '')?.[1] ?? [])
}

/** Not merged into another. */
function isStanding({ link = [] }: Found): boolean {
  return link.every(({ type }) => type !== 'replaced-by')
}

function answersOf(
  { id, identifier = [] }: Found,
  { source, targets }: { readonly source: Source; readonly targets: readonly string[] },
): readonly object[] {
  const told = identifier.filter(
    ({ system, value, use }) =>
      use !== 'old' &&
      !(system === source.system && value === source.value) &&
      (targets.length === 0 || (system !== undefined && targets.includes(system))),
  )
  if (targets.length > 0 && told.length === 0) return []
  return [
    { name: 'targetId', valueReference: { reference: `Patient/${id}` } },
    ...told.map((valueIdentifier) => ({ name: 'targetIdentifier', valueIdentifier })),
  ]
}

/** The profile says which issue code and which words. */
function unknown(failure: Failure, words: string, detail: FailureDetail): OutcomeError {
  const told = issue(failure, words, detail)
  return new OutcomeError(failure, {
    resourceType: 'OperationOutcome',
    issue: [failure === 'notFound' ? told : { ...told, code: 'code-invalid' }],
  })
}
