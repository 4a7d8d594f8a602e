/**
 * Master files (v2.5.1 chapter 8): MFN^M02 staff, STF and PRA → Practitioner and PractitionerRole; MFN^M05 places, LOC → Location.
 * Found by their numbers as those that visits name, so that both tell of one person and one bed.
 */
import type { CodeableConcept, Practitioner, PractitionerRole } from '@xinglin/fhir'
import type { Segment } from '@xinglin/hl7v2'
import { outOfSequence } from '../groups.ts'
import type { Draft } from '../knowledge.ts'
import { gender } from '../maps/codes.ts'
import { applyTable, type Table } from '../maps/table.ts'
import { missing, type Reading, repetitions, text, unknownCode } from '../reading.ts'
import { union } from '../segments/patient.ts'
import { locationReference } from '../segments/people-and-places.ts'
import { firstOf, type Sequence, sequencesOf } from '../sequences.ts'
import { stableId } from '../stable-id.ts'
import { humanName } from '../values/names.ts'
import { authoritySystem, facilitySystem } from '../values/systems.ts'
import { address, codeableConcept, codeBy, contactPoint, date, identifierType } from '../values/values.ts'
import { elementOf } from './owner.ts'

/** Table 0180 of MFE-1: whether it stands afterwards. */
const events: Readonly<Record<string, boolean>> = { MAD: true, MUP: true, MAC: true, MDC: false, MDL: false }

/** STF (§8.7.2) → Practitioner, but for numbers and whether he is active. */
const staffTable: Table = [
  { field: 3, to: 'name', as: humanName, many: true },
  { field: 5, to: 'gender', as: codeBy(gender) },
  { field: 6, to: 'birthDate', as: date },
  { field: 10, to: 'telecom', as: contactPoint('work'), many: true },
  { field: 11, to: 'address', as: address, many: true },
]

/** Writes the staff of an MFN^M02. */
export async function mapStaff(reading: Reading, draft: Draft): Promise<void> {
  for (const { entry, isStanding } of entriesOf(reading)) {
    const stf = firstOf(entry, 'STF')
    if (!stf) throw outOfSequence('STF', 'an MFE is not followed by its STF')
    const numbers = numbersOf(stf, reading)
    if (numbers.length === 0) throw missing({ segment: stf, field: 2 })
    const [present] = await draft.find('Practitioner', numbers)
    const before: Practitioner = present ?? { resourceType: 'Practitioner' }
    const id = present?.id ?? draft.newId()
    draft.put<'Practitioner'>({
      ...applyTable<Practitioner>(staffTable, before, stf, reading),
      id,
      identifier: union(before.identifier ?? [], numbers),
      active: isStanding && text(stf, 7).toUpperCase() !== 'I',
    })
    await putRole({ stf, pra: firstOf(entry, 'PRA'), practitioner: id, isStanding }, reading, draft)
  }
}

/** STF-2 with its authorities, and the key STF-1 where there is none. */
function numbersOf(stf: Segment, reading: Reading) {
  const listed = repetitions(stf, 2).flatMap((each) => {
    const value = (each[0]?.[0] ?? '').trim()
    const system = authoritySystem(each[3]) ?? facilitySystem(reading, 'staff')
    const type = each[4]?.[0] ?? ''
    return value === '' ? [] : [{ ...(type === '' ? {} : { type: identifierType(type) }), system, value }]
  })
  const key = text(stf, 1).trim()
  if (listed.length > 0 || key === '') return listed
  return [{ system: facilitySystem(reading, 'staff'), value: key }]
}

type Employed = {
  readonly stf: Segment
  readonly pra: Segment | undefined
  readonly practitioner: string
  readonly isStanding: boolean
}

/** STF-8 and PRA-5: what he does in which department; one for a department. */
async function putRole(
  { stf, pra, practitioner, isStanding }: Employed,
  reading: Reading,
  draft: Draft,
): Promise<void> {
  const department = elementOf<CodeableConcept>(stf, 8, codeableConcept, reading)
  const specialty = repetitions(pra, 5).flatMap((each) => {
    const [code = '', name = ''] = [each[0]?.[0] ?? '', each[0]?.[1] ?? '']
    const words = name || code
    return words === '' ? [] : [{ ...(code === '' ? {} : { coding: [{ code }] }), text: words }]
  })
  const title = text(stf, 18).trim()
  const display = department?.text ?? department?.coding?.[0]?.code
  if (display === undefined && specialty.length === 0 && title === '') return
  const id = stableId('PractitionerRole', practitioner, display ?? '')
  const [present] = await draft.read('PractitionerRole', [id])
  const role: PractitionerRole = {
    ...present,
    resourceType: 'PractitionerRole',
    active: isStanding,
    practitioner: { reference: `Practitioner/${practitioner}` },
    ...(display === undefined ? {} : { organization: { display } }),
    ...(title === '' ? {} : { code: [{ text: title }] }),
    ...(specialty.length === 0 ? {} : { specialty }),
  }
  draft.put<'PractitionerRole'>({ ...role, id })
}

/** Writes the places of an MFN^M05. */
export async function mapPlaces(reading: Reading, draft: Draft): Promise<void> {
  for (const { entry, isStanding } of entriesOf(reading)) {
    const loc = firstOf(entry, 'LOC')
    if (!loc) throw outOfSequence('LOC', 'an MFE is not followed by its LOC')
    const reference = await locationReference(repetitions(loc, 1)[0], reading, draft)
    if (!reference) throw missing({ segment: loc, field: 1 })
    const [place] = await draft.read('Location', [reference.reference?.replace('Location/', '') ?? ''])
    if (!place) throw missing({ segment: loc, field: 1 })
    const description = text(loc, 2)
    const type = repetitions(loc, 3).flatMap((each) => codeableConcept(each, reading) ?? [])
    const telecom = repetitions(loc, 8).flatMap(
      (each) => contactPoint('work')(each, reading, { segment: loc, field: 8 }) ?? [],
    ) as NonNullable<typeof place.telecom>
    const organization = text(loc, 5)
    draft.put<'Location'>({
      ...place,
      status: isStanding ? 'active' : 'inactive',
      ...(description === '' ? {} : { description }),
      ...(type.length === 0 ? {} : { type }),
      ...(telecom.length === 0 ? {} : { telecom }),
      ...(organization === '' ? {} : { managingOrganization: { display: organization } }),
    })
  }
}

function entriesOf({
  message,
}: Reading): readonly { readonly entry: Sequence; readonly isStanding: boolean }[] {
  const entries = sequencesOf(message, 'MFE')
  if (entries.length === 0) throw outOfSequence('MFE', 'the message holds no entry of a master file')
  return entries.map((entry) => {
    const isStanding = events[text(entry.first, 1).toUpperCase()]
    if (isStanding === undefined) throw unknownCode({ segment: entry.first, field: 1 }, '0180')
    return { entry, isStanding }
  })
}
