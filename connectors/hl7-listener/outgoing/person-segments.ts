/** Patient → PID (v2.5.1 §3.4.2) and NK1 (§3.4.5), AllergyIntolerance → AL1 (§3.4.6): the published segment maps read the other way round. */
import type { AllergyIntolerance, Identifier, Patient } from '@xinglin/fhir'
import { type Delimiters, type FieldValue, writeSegment } from '@xinglin/hl7v2'
import { ownNumberSystem } from '../values/systems.ts'
import { allergyTypeOf, maritalStatusOf, relationshipOf, severityOf, sexOf } from './codes.ts'
import { cwe, cx, field, time, xad, xpn, xtn } from './values.ts'

const birthTime = 'http://hl7.org/fhir/StructureDefinition/patient-birthTime'

/** PID of a patient; numbers that a merge made old belong to another record and are left out. */
export function pid(patient: Patient, delimiters?: Delimiters): string {
  const { telecom = [], maritalStatus } = patient
  const born = patient._birthDate?.extension?.find(({ url }) => url === birthTime)?.valueDateTime
  const status = maritalStatusOf[maritalStatus?.coding?.[0]?.code ?? '']
  const fields: Readonly<Record<number, FieldValue>> = {
    1: '1',
    3: field(...numbersOf(patient).map(cx)),
    5: field(...(patient.name ?? []).map(xpn)),
    7: time(born ?? patient.birthDate),
    8: sexOf[patient.gender ?? ''] ?? '',
    11: field(...(patient.address ?? []).map(xad)),
    13: field(...telecom.filter(({ use }) => use !== 'work').map(xtn)),
    14: field(...telecom.filter(({ use }) => use === 'work').map(xtn)),
    15: field(cwe(patient.communication?.[0]?.language)),
    16: status ?? field(cwe(maritalStatus)),
    24: yesOrNo(
      patient.multipleBirthBoolean ?? (patient.multipleBirthInteger === undefined ? undefined : true),
    ),
    25: patient.multipleBirthInteger === undefined ? '' : String(patient.multipleBirthInteger),
    29: time(patient.deceasedDateTime),
    30: yesOrNo(patient.deceasedBoolean ?? (patient.deceasedDateTime === undefined ? undefined : true)),
  }
  return writeSegment('PID', fields, delimiters)
}

/** Who has no number is known by the id in the record. */
function numbersOf({ identifier = [], id = '' }: Patient): readonly Identifier[] {
  const standing = identifier.filter(({ use, value }) => use !== 'old' && value !== undefined)
  return standing.length > 0
    ? standing
    : [{ system: ownNumberSystem, value: id, type: { coding: [{ code: 'PI' }] } }]
}

/** NK1 of each contact. */
export function nk1s({ contact = [] }: Patient): readonly string[] {
  return contact.map(({ name, relationship = [], telecom = [], address, gender, period }, index) => {
    const codings = relationship.flatMap(({ coding = [] }) => coding)
    const role = codings.find(({ system }) => system?.endsWith('v3-RoleCode'))
    const told = relationship.map(({ coding = [], text }) => ({
      ...(text === undefined ? {} : { text }),
      coding: coding.filter((each) => each !== role),
    }))
    const known = relationshipOf[role?.code ?? '']
    const isTold = told.some(({ coding, text }) => coding.length > 0 || text !== undefined)
    return writeSegment('NK1', {
      1: String(index + 1),
      2: field(name && xpn(name)),
      3: isTold ? field(cwe(told[0])) : (known ?? ''),
      4: field(address && xad(address)),
      5: field(...telecom.filter(({ use }) => use !== 'work').map(xtn)),
      6: field(...telecom.filter(({ use }) => use === 'work').map(xtn)),
      7: field(...told.slice(1).map(cwe)),
      8: time(period?.start),
      9: time(period?.end),
      15: sexOf[gender ?? ''] ?? '',
    })
  })
}

/** AL1 of each allergy that still stands. */
export function al1s(allergies: readonly AllergyIntolerance[]): readonly string[] {
  return allergies.filter(stands).map(({ category, code, criticality, reaction, onsetDateTime }, index) =>
    writeSegment('AL1', {
      1: String(index + 1),
      2: allergyTypeOf[category?.[0] ?? ''] ?? '',
      3: field(cwe(code)),
      4: severityOf[reaction?.[0]?.severity ?? criticality ?? ''] ?? '',
      5: field(...(reaction ?? []).flatMap(({ manifestation }) => manifestation.map(saidOf))),
      6: time(onsetDateTime),
    }),
  )
}

function stands({ clinicalStatus, verificationStatus }: AllergyIntolerance): boolean {
  const verified = verificationStatus?.coding?.[0]?.code
  const clinical = clinicalStatus?.coding?.[0]?.code
  return verified !== 'entered-in-error' && verified !== 'refuted' && clinical !== 'resolved'
}

function saidOf({
  text,
  coding,
}: {
  readonly text?: string
  readonly coding?: readonly { readonly display?: string }[]
}) {
  const words = text ?? coding?.[0]?.display
  return words === undefined ? undefined : [[words]]
}

function yesOrNo(value: boolean | undefined): string {
  if (value === undefined) return ''
  return value ? 'Y' : 'N'
}
