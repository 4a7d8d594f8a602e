/** Encounter → PV1 (v2.5.1 §3.4.3), Condition → DG1 (§6.5.2): the published segment maps read the other way round. */
import type { CodeableConcept, Condition, Encounter, Identifier } from '@xinglin/fhir'
import { writeSegment } from '@xinglin/hl7v2'
import { participants } from '../maps/tables.ts'
import { ownNumberSystem } from '../values/systems.ts'
import { diagnosisTypeOf, patientClassOf } from './codes.ts'
import type { Facts } from './facts.ts'
import { pl, xcn } from './people-and-places.ts'
import { cwe, cx, field, time } from './values.ts'

/** PV1 of a message that is about no visit (table 0004, N). */
export const noVisit = writeSegment('PV1', { 1: '1', 2: 'N' })

/** PV1 of a visit. */
export function pv1(encounter: Encounter, facts: Facts): string {
  const { hospitalization = {}, location = [], period } = encounter
  const now = location.findLast(({ status }) => status === 'active') ?? location.at(-1)
  const before = now && location[location.indexOf(now) - 1]
  const people = participants.map(({ field: number, code }) => {
    const named = (encounter.participant ?? []).filter((each) => each.type?.[0]?.coding?.[0]?.code === code)
    return [number, field(...named.map(({ individual }) => xcn(individual, facts)))] as const
  })
  return writeSegment('PV1', {
    1: '1',
    2: classOf(encounter),
    3: field(pl(now?.location, facts)),
    4: concepts(encounter.type),
    5: field(hospitalization.preAdmissionIdentifier && cx(hospitalization.preAdmissionIdentifier)),
    6: field(pl(before?.location, facts)),
    ...Object.fromEntries(people),
    10: field(cwe(encounter.serviceType)),
    13: field(cwe(hospitalization.reAdmission)),
    14: field(cwe(hospitalization.admitSource)),
    15: concepts(hospitalization.specialArrangement),
    16: concepts(hospitalization.specialCourtesy),
    19: field(cx(numberOf(encounter))),
    36: field(cwe(hospitalization.dischargeDisposition)),
    38: concepts(hospitalization.dietPreference),
    44: time(period?.start),
    45: time(period?.end),
  })
}

function concepts(all: readonly CodeableConcept[] | undefined) {
  return field(...(all ?? []).map(cwe))
}

/** A visit that was never numbered is known by its id in the record. */
function numberOf({ identifier = [], id = '' }: Encounter): Identifier {
  const standing = identifier.filter(({ use, value }) => use !== 'old' && value !== undefined)
  const isVisits = ({ type }: Identifier) => type?.coding?.some(({ code }) => code === 'VN') ?? false
  return (
    standing.find(isVisits) ??
    standing[0] ?? {
      system: ownNumberSystem,
      value: id,
      type: { coding: [{ code: 'VN' }] },
    }
  )
}

function classOf({ class: { system, code = '' }, status }: Encounter): string {
  if (system?.endsWith('v2-0004')) return code
  // Before it begins it is a pre-admission, whatever it will be.
  if (status === 'planned') return 'P'
  return patientClassOf[code] ?? 'U'
}

/** DG1 of each diagnosis of a visit, in the order of the visit. */
export function dg1s(encounter: Encounter, facts: Facts): readonly string[] {
  return (encounter.diagnosis ?? []).flatMap(({ condition, use, rank }, index) => {
    const found = facts.resource('Condition', condition)
    if (!found) return []
    const type = diagnosisTypeOf[use?.coding?.[0]?.code ?? ''] ?? 'W'
    return [
      writeSegment('DG1', {
        1: String(index + 1),
        3: field(cwe(found.code)),
        5: time(found.onsetDateTime),
        6: type,
        15: rank === undefined ? '' : String(rank),
        16: field(xcn(found.asserter, facts)),
        19: time(found.recordedDate),
        21: isWrong(found) ? 'D' : '',
      }),
    ]
  })
}

function isWrong({ verificationStatus }: Condition): boolean {
  return verificationStatus?.coding?.[0]?.code === 'entered-in-error'
}
