/** HL7 v2.5.1 segments to FHIR R4 resources: the rows of the published v2-to-FHIR segment maps that a hospital's record needs. */
import { part } from '@xinglin/hl7v2'
import { humanName } from '../values/names.ts'
import {
  address,
  codeableConcept,
  codeBy,
  conceptBy,
  contactPoint,
  date,
  dateTime,
  identifier,
  nationalNumber,
  plain,
  positiveInteger,
  yesNo,
} from '../values/values.ts'
import { allergyCategory, criticality, gender, maritalStatus, orderPriority } from './codes.ts'
import type { Table } from './table.ts'

const v3 = (name: string) => `http://terminology.hl7.org/CodeSystem/v3-${name}`

/** PID (§3.4.2) → Patient. */
export const patientTable: Table = [
  { field: 3, to: 'identifier', as: identifier('patient'), many: true },
  { field: 2, to: 'identifier', as: identifier('patient'), many: true },
  { field: 4, to: 'identifier', as: identifier('patient'), many: true },
  { field: 19, to: 'identifier', as: nationalNumber, many: true },
  { field: 5, to: 'name', as: humanName, many: true },
  { field: 9, to: 'name', as: humanName, many: true },
  { field: 7, to: 'birthDate', as: date },
  {
    field: 7,
    to: '_birthDate.extension',
    as: (repetition, reading, place) => {
      const value = dateTime(repetition, reading, place)
      return value?.includes('T')
        ? { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime', valueDateTime: value }
        : undefined
    },
    many: true,
  },
  { field: 8, to: 'gender', as: codeBy(gender) },
  { field: 11, to: 'address', as: address, many: true },
  { field: 13, to: 'telecom', as: contactPoint('home'), many: true },
  { field: 14, to: 'telecom', as: contactPoint('work'), many: true },
  { field: 40, to: 'telecom', as: contactPoint(undefined), many: true },
  {
    field: 15,
    to: 'communication',
    as: (repetition, reading) => {
      const language = codeableConcept(repetition, reading)
      return language && { language }
    },
    many: true,
  },
  { field: 16, to: 'maritalStatus', as: conceptBy(maritalStatus, v3('MaritalStatus')) },
  { field: 24, to: 'multipleBirthBoolean', as: yesNo },
  { field: 25, to: 'multipleBirthInteger', as: positiveInteger },
  { field: 29, to: 'deceasedDateTime', as: dateTime },
  { field: 30, to: 'deceasedBoolean', as: yesNo },
]

/** NK1 (§3.4.5) → Patient.contact. */
export const contactTable: Table = [
  { field: 2, to: 'name', as: humanName },
  { field: 4, to: 'address', as: address },
  { field: 5, to: 'telecom', as: contactPoint(undefined), many: true },
  { field: 6, to: 'telecom', as: contactPoint('work'), many: true },
  { field: 8, to: 'period.start', as: date },
  { field: 9, to: 'period.end', as: date },
  { field: 15, to: 'gender', as: codeBy(gender) },
]

/** PV1 (§3.4.3) → Encounter, but for class, status, places and people, which need more than a row. */
export const encounterTable: Table = [
  { field: 4, to: 'type', as: codeableConcept, many: true },
  { field: 5, to: 'hospitalization.preAdmissionIdentifier', as: identifier('visit') },
  { field: 10, to: 'serviceType', as: codeableConcept },
  { field: 13, to: 'hospitalization.reAdmission', as: codeableConcept },
  { field: 14, to: 'hospitalization.admitSource', as: codeableConcept },
  { field: 15, to: 'hospitalization.specialArrangement', as: codeableConcept, many: true },
  { field: 16, to: 'hospitalization.specialCourtesy', as: codeableConcept, many: true },
  { field: 36, to: 'hospitalization.dischargeDisposition', as: codeableConcept },
  { field: 38, to: 'hospitalization.dietPreference', as: codeableConcept, many: true },
  { field: 44, to: 'period.start', as: dateTime },
  { field: 45, to: 'period.end', as: dateTime },
]

/** PV1 fields of people → v3-ParticipationType. */
export const participants: readonly {
  readonly field: number
  readonly code: string
  readonly display: string
}[] = [
  { field: 7, code: 'ATND', display: 'attender' },
  { field: 8, code: 'REF', display: 'referrer' },
  { field: 9, code: 'CON', display: 'consultant' },
  { field: 17, code: 'ADM', display: 'admitter' },
  { field: 52, code: 'PART', display: 'Participation' },
]

/** AL1 (§3.4.6) → AllergyIntolerance. */
export const allergyTable: Table = [
  { field: 2, to: 'category', as: codeBy(allergyCategory), many: true },
  { field: 3, to: 'code', as: codeableConcept },
  { field: 4, to: 'criticality', as: codeBy(criticality) },
  { field: 6, to: 'onsetDateTime', as: dateTime },
]

/** DG1 (§6.5.2) → Condition. */
export const conditionTable: Table = [
  { field: 3, to: 'code', as: codeableConcept },
  { field: 4, to: 'code.text', as: plain },
  { field: 5, to: 'onsetDateTime', as: dateTime },
  { field: 19, to: 'recordedDate', as: dateTime },
]

/** OBR (§4.5.3) → ServiceRequest. */
export const requestTable: Table = [
  { field: 4, to: 'code', as: codeableConcept },
  { field: 5, to: 'priority', as: codeBy(orderPriority) },
  { field: 6, to: 'occurrenceDateTime', as: dateTime },
  { field: 31, to: 'reasonCode', as: codeableConcept, many: true },
]

/** OBR (§4.5.3) → DiagnosticReport, but for status, times and results. */
export const reportTable: Table = [{ field: 4, to: 'code', as: codeableConcept }]

/** SPM (§7.4.3) → Specimen, but for numbers, status, times, amount and container. */
export const specimenTable: Table = [
  { field: 4, to: 'type', as: codeableConcept },
  { field: 7, to: 'collection.method', as: codeableConcept },
  { field: 8, to: 'collection.bodySite', as: codeableConcept },
  {
    field: 14,
    to: 'note',
    as: (repetition) => (part(repetition).trim() === '' ? undefined : { text: part(repetition).trim() }),
    many: true,
  },
  { field: 18, to: 'receivedTime', as: dateTime },
  { field: 24, to: 'condition', as: codeableConcept, many: true },
  { field: 30, to: 'accessionIdentifier', as: identifier('specimen') },
]

/** OBX (§7.4.2) → Observation, but for value, status and reference range. */
export const observationTable: Table = [
  { field: 3, to: 'code', as: codeableConcept },
  { field: 14, to: 'effectiveDateTime', as: dateTime },
  { field: 17, to: 'method', as: codeableConcept },
  { field: 20, to: 'bodySite', as: codeableConcept },
]
