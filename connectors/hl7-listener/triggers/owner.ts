/** Patient and visit of what departments tell: known ones stay as the admitting system told them, unknown ones are made. */
import { conflict, type Identifier, type Reference } from '@xinglin/fhir'
import type { Segment } from '@xinglin/hl7v2'
import { outOfSequence, type PatientGroup, personGroups } from '../groups.ts'
import type { Draft, Known } from '../knowledge.ts'
import type { ValueMap } from '../maps/table.ts'
import { type Place, placeText, type Reading, repetitions } from '../reading.ts'
import { encounterOf } from '../segments/encounter.ts'
import { patientOf } from '../segments/patient.ts'
import { entityIdentifier } from '../values/values.ts'

export type Owner = {
  readonly patient: Known<'Patient'>
  readonly encounter: Known<'Encounter'> | undefined
}

/** Of one group. */
export async function ownerOf(
  { pid, pv1, contacts }: PatientGroup,
  reading: Reading,
  draft: Draft,
): Promise<Owner> {
  const patient = await patientOf({ pid, contacts, isAuthoritative: false }, reading, draft)
  const encounter =
    pv1 && (await encounterOf({ pv1, patient, at: undefined, isAuthoritative: false }, reading, draft))
  return { patient, encounter }
}

/** Of a message that is about one patient. */
export async function onlyOwnerOf(reading: Reading, draft: Draft): Promise<Owner> {
  const groups = personGroups(reading.message)
  const [group] = groups
  if (!group || groups.length > 1) throw outOfSequence('PID', 'the message is about one patient')
  return ownerOf(group, reading, draft)
}

/** `subject` or another element, and the visit, as references. */
export function subjectOf({ patient }: Owner): Reference {
  return { reference: `Patient/${patient.id}` }
}

/** `encounter` or another element; nothing where no visit is told. */
export function visitReference({ encounter }: Owner): Reference | undefined {
  return encounter && { reference: `Encounter/${encounter.id}` }
}

/** Placer (field 2) and filler (field 3) number of an ORC, filler first. */
export function numbersOf(orc: Segment | undefined, reading: Reading): readonly Identifier[] {
  const number = (field: number, type: 'PLAC' | 'FILL') => {
    const [repetition] = repetitions(orc, field)
    return repetition && entityIdentifier(repetition, reading, type)
  }
  return [number(3, 'FILL'), number(2, 'PLAC')].filter((each) => each !== undefined)
}

/** One value of a field by a data type map; undefined where it is empty. */
export function elementOf<T>(
  segment: Segment | undefined,
  field: number,
  as: ValueMap,
  reading: Reading,
): T | undefined {
  const [repetition] = repetitions(segment, field)
  // A map is the parser of its element: what it makes is validated whole before it is stored.
  return segment && repetition && (as(repetition, reading, { segment, field }) as T | undefined)
}

/** A number that stands for something of another patient is a mistake of the sender, or of whoever merged: nothing is moved by it. */
export function refuseAnother(known: Reference | undefined, { patient }: Owner, place: Place): void {
  if (known?.reference === undefined || known.reference === `Patient/${patient.id}`) return
  const at = placeText(place)
  throw conflict(`the number in ${at} belongs to another patient; merge them or correct the number`, {
    code: 'hl7.patient-ambiguous',
    at,
  })
}
