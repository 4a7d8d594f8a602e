/** DG1 → Condition and Encounter.diagnosis: one for a visit and a code, or for its own number (DG1-20). */
import type { Condition, Encounter } from '@xinglin/fhir'
import { part, type Segment } from '@xinglin/hl7v2'
import type { Draft, Known } from '../knowledge.ts'
import { diagnosisRole } from '../maps/codes.ts'
import { applyTable } from '../maps/table.ts'
import { conditionTable } from '../maps/tables.ts'
import { missing, type Reading, repetitions, text } from '../reading.ts'
import { stableId } from '../stable-id.ts'
import { practitionerReference } from './people-and-places.ts'

export type Diagnosed = {
  readonly patient: Known<'Patient'>
  readonly encounter: Known<'Encounter'> | undefined
}

/** Writes the diagnoses of a message, and names them in the encounter. */
export async function putConditions(
  segments: readonly Segment[],
  { patient, encounter }: Diagnosed,
  reading: Reading,
  draft: Draft,
): Promise<void> {
  if (segments.length === 0) return
  const owner = encounter?.id ?? patient.id
  const named = segments.map((dg1) => ({ dg1, id: stableId('Condition', owner, diagnosisOf(dg1)) }))
  const known = await draft.read(
    'Condition',
    named.map(({ id }) => id),
  )
  for (const { dg1, id } of named) {
    const before = known.find((each) => each.id === id) ?? newCondition(patient, encounter)
    const told = applyTable<Condition>(conditionTable, before, dg1, reading)
    const asserter = repetitions(dg1, 16)[0]
    const by = asserter && (await practitionerReference(asserter, reading, draft))
    draft.put<'Condition'>({ ...withdrawn(told, dg1), id, ...(by ? { asserter: by } : {}) })
  }
  if (encounter) draft.put<'Encounter'>({ ...encounter, diagnosis: diagnosesOf(encounter, named) })
}

function newCondition(patient: Known<'Patient'>, encounter: Known<'Encounter'> | undefined): Condition {
  const concept = (name: string, code: string, display?: string) => ({
    coding: [
      { system: `http://terminology.hl7.org/CodeSystem/${name}`, code, ...(display ? { display } : {}) },
    ],
  })
  return {
    resourceType: 'Condition',
    clinicalStatus: concept('condition-clinical', 'active'),
    category: [concept('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis')],
    subject: { reference: `Patient/${patient.id}` },
    ...(encounter ? { encounter: { reference: `Encounter/${encounter.id}` } } : {}),
  }
}

/** DG1-21 D deletes: it was entered in error, and then has no clinical status (con-5). */
function withdrawn(condition: Condition, dg1: Segment): Condition {
  if (text(dg1, 21).toUpperCase() !== 'D') return condition
  const { clinicalStatus: _status, ...rest } = condition
  return {
    ...rest,
    verificationStatus: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'entered-in-error' },
      ],
    },
  }
}

function diagnosisOf(dg1: Segment): string {
  const number = part(dg1.field(20)[0])
  if (number !== '') return `number ${number}`
  const code = text(dg1, 3, 1) || text(dg1, 3, 2) || text(dg1, 4)
  if (code === '') throw missing({ segment: dg1, field: 3 })
  return `${text(dg1, 3, 3)}|${code}`
}

function diagnosesOf(
  encounter: Encounter,
  named: readonly { readonly dg1: Segment; readonly id: string }[],
): NonNullable<Encounter['diagnosis']> {
  const told = named.map(({ dg1, id }) => {
    const role = diagnosisRole[text(dg1, 6).toUpperCase()]
    const rank = Number(text(dg1, 15))
    return {
      condition: { reference: `Condition/${id}` },
      ...(role
        ? {
            use: {
              coding: [
                {
                  system: 'http://terminology.hl7.org/CodeSystem/diagnosis-role',
                  code: role[0],
                  display: role[1],
                },
              ],
            },
          }
        : {}),
      ...(Number.isInteger(rank) && rank > 0 ? { rank } : {}),
    }
  })
  const references = new Set(told.map((each) => each.condition.reference))
  const others = (encounter.diagnosis ?? []).filter((each) => !references.has(each.condition.reference ?? ''))
  return [...others, ...told]
}
