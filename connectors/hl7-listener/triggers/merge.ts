/**
 * ADT^A40 (v2.5.1 §3.3.40): the patient of MRG is the patient of PID. Policy (docs/decisions/0008): the surviving patient
 * takes the identifiers as old ones and everything in the chart of the merged one, which becomes inactive and points to it.
 */
import type { Patient, ResourceType } from '@xinglin/fhir'
import { outOfSequence, patientGroups } from '../groups.ts'
import type { Draft, Known } from '../knowledge.ts'
import { missing, type Reading, repetitions } from '../reading.ts'
import { matchedPatient, patientIdentifiers, patientOf, union } from '../segments/patient.ts'
import { identifier } from '../values/values.ts'

/** Resources that stand in a patient's chart and that doors and rooms of this platform write. */
const chartTypes: readonly ResourceType[] = [
  'AllergyIntolerance',
  'Appointment',
  'CarePlan',
  'Communication',
  'Composition',
  'Condition',
  'Consent',
  'Coverage',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'EpisodeOfCare',
  'Flag',
  'Goal',
  'ImagingStudy',
  'Immunization',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Procedure',
  'QuestionnaireResponse',
  'RelatedPerson',
  'ServiceRequest',
  'Specimen',
  'Task',
]

/** Merges each MRG into its PID. */
export async function mapMerge(reading: Reading, draft: Draft): Promise<void> {
  for (const group of patientGroups(reading.message)) {
    const { pid, mrg, contacts } = group
    if (!mrg) throw outOfSequence('MRG', 'a merge names the patient that is merged')
    const survivor = await patientOf({ pid, contacts, isAuthoritative: true }, reading, draft)
    const numbers = repetitions(mrg, 1).flatMap(
      (repetition) => identifier('patient')(repetition, reading) ?? [],
    )
    if (numbers.length === 0) throw missing({ segment: mrg, field: 1 })
    const merged = await matchedPatient(numbers, 'MRG-1', draft)
    const old = numbers.map((number) => ({ ...number, use: 'old' as const }))
    if (!merged || merged.id === survivor.id) {
      // Nobody is known under the old number, or it was merged before: its number is kept, so that it finds the survivor.
      const unknown = old.filter(
        (each) => !survivor.identifier?.some((own) => own.value === each.value && own.system === each.system),
      )
      if (!merged)
        draft.put<'Patient'>({ ...survivor, identifier: union(survivor.identifier ?? [], unknown) })
      continue
    }
    draft.put<'Patient'>({
      ...survivor,
      identifier: union(
        old.concat((merged.identifier ?? []).map((each) => ({ ...each, use: 'old' as const }))),
        survivor.identifier ?? [],
      ),
      link: linked(survivor, { other: { reference: `Patient/${merged.id}` }, type: 'replaces' }),
    })
    draft.put<'Patient'>({
      ...merged,
      active: false,
      link: linked(merged, { other: { reference: `Patient/${survivor.id}` }, type: 'replaced-by' }),
    })
    await moveChart(merged.id, survivor.id, draft)
  }
}

/**
 * ADT^A47 (§3.3.47): one number of a person is another from now on. Who is known under the old number gets the numbers of
 * PID, and the old one stays as an old one; known under both, they are two and are merged.
 */
export async function mapNumberChange(reading: Reading, draft: Draft): Promise<void> {
  for (const { pid, mrg } of patientGroups(reading.message)) {
    if (!mrg) throw outOfSequence('MRG', 'a change of a number names the old one')
    const numbers = repetitions(mrg, 1).flatMap(
      (repetition) => identifier('patient')(repetition, reading) ?? [],
    )
    if (numbers.length === 0) throw missing({ segment: mrg, field: 1 })
    const known = await matchedPatient(numbers, 'MRG-1', draft)
    const already = await matchedPatient(patientIdentifiers(pid, reading), 'PID-3', draft)
    if (!known || (already && already.id !== known.id)) {
      await mapMerge(reading, draft)
      return
    }
    const old = numbers.map((number) => ({ ...number, use: 'old' as const }))
    const named = union(known.identifier ?? [], patientIdentifiers(pid, reading))
    draft.put<'Patient'>({ ...known, identifier: union(named, old) })
  }
}

function linked(patient: Patient, link: NonNullable<Patient['link']>[number]): NonNullable<Patient['link']> {
  const others = (patient.link ?? []).filter((each) => each.other.reference !== link.other.reference)
  return [...others, link]
}

async function moveChart(from: string, to: string, draft: Draft): Promise<void> {
  for (const type of chartTypes) {
    for (const resource of await draft.ofPatient(type, from)) draft.put(withReference(resource, from, to))
  }
}

/** The resource with every reference to one patient made a reference to the other. */
function withReference<T extends ResourceType>(resource: Known<T>, from: string, to: string): Known<T> {
  const text = JSON.stringify(resource)
  return JSON.parse(text.replaceAll(`"reference":"Patient/${from}"`, `"reference":"Patient/${to}"`))
}
