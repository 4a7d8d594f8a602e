/** Which map turns a segment into a resource: its name among the published v2-to-FHIR maps, its clause, where ours is written. */
import type { MappingRule } from '@xinglin/traffic'

type Written = readonly [clause: string, byType: Readonly<Record<string, string>>]

/** Clauses of HL7 v2.5.1. */
const segments: Readonly<Record<string, Written>> = {
  MSH: ['§2.15.9', { Encounter: 'triggers/adt.ts' }],
  EVN: ['§3.4.1', { Encounter: 'triggers/adt.ts' }],
  PID: ['§3.4.2', { Patient: 'maps/tables.ts' }],
  NK1: ['§3.4.5', { Patient: 'maps/tables.ts' }],
  MRG: ['§3.4.9', { Patient: 'triggers/merge.ts' }],
  PV1: [
    '§3.4.3',
    {
      Encounter: 'segments/encounter.ts',
      Location: 'segments/people-and-places.ts',
      Practitioner: 'segments/people-and-places.ts',
    },
  ],
  AL1: ['§3.4.6', { AllergyIntolerance: 'segments/allergy.ts' }],
  DG1: ['§6.5.2', { Condition: 'segments/condition.ts' }],
  ORC: [
    '§4.5.1',
    {
      ServiceRequest: 'segments/order.ts',
      Practitioner: 'segments/people-and-places.ts',
      MedicationRequest: 'triggers/medicines.ts',
      Immunization: 'triggers/vaccinations.ts',
    },
  ],
  OBR: [
    '§4.5.3',
    {
      ServiceRequest: 'segments/order.ts',
      DiagnosticReport: 'segments/report.ts',
      Observation: 'segments/report.ts',
      Practitioner: 'segments/people-and-places.ts',
    },
  ],
  OBX: [
    '§7.4.2',
    {
      Observation: 'segments/observation-value.ts',
      Practitioner: 'segments/people-and-places.ts',
      DocumentReference: 'triggers/papers.ts',
    },
  ],
  RXE: ['§4.14.4', { MedicationRequest: 'triggers/medicines.ts' }],
  RXR: [
    '§4.14.2',
    {
      Immunization: 'triggers/vaccinations.ts',
      MedicationRequest: 'triggers/medicines.ts',
      MedicationAdministration: 'triggers/medicines.ts',
    },
  ],
  RXD: ['§4.14.5', { MedicationDispense: 'triggers/medicines.ts' }],
  RXA: [
    '§4.14.7',
    { Immunization: 'triggers/vaccinations.ts', MedicationAdministration: 'triggers/medicines.ts' },
  ],
  TQ1: ['§4.5.4', { MedicationRequest: 'triggers/medicines.ts', Appointment: 'triggers/appointments.ts' }],
  SCH: ['§10.6.1', { Appointment: 'triggers/appointments.ts' }],
  AIS: ['§10.6.4', { Appointment: 'triggers/appointments.ts' }],
  AIL: ['§10.6.6', { Appointment: 'triggers/appointments.ts', Location: 'segments/people-and-places.ts' }],
  AIP: [
    '§10.6.7',
    { Appointment: 'triggers/appointments.ts', Practitioner: 'segments/people-and-places.ts' },
  ],
  TXA: ['§9.6.1', { DocumentReference: 'triggers/papers.ts', Practitioner: 'segments/people-and-places.ts' }],
  FT1: ['§6.5.1', { ChargeItem: 'triggers/charges.ts', Practitioner: 'segments/people-and-places.ts' }],
  IN1: ['§6.5.6', { Coverage: 'triggers/accounts.ts', Account: 'triggers/accounts.ts' }],
  IPC: ['§4.5.6', { ServiceRequest: 'segments/order.ts' }],
  STF: ['§8.7.2', { Practitioner: 'triggers/master-files.ts', PractitionerRole: 'triggers/master-files.ts' }],
  PRA: ['§8.7.3', { PractitionerRole: 'triggers/master-files.ts' }],
  LOC: ['§8.9.2', { Location: 'triggers/master-files.ts' }],
  MFE: ['§8.5.2', { Practitioner: 'triggers/master-files.ts', Location: 'triggers/master-files.ts' }],
  SPM: ['§7.4.3', { Specimen: 'segments/specimen.ts' }],
  NTE: ['§2.15.10', { Observation: 'segments/notes.ts', ServiceRequest: 'segments/notes.ts' }],
}

/** The rule for what a segment says of a resource of this type. */
export function ruleOf(segment: string, type: string): MappingRule {
  const [clause, byType] = segments[segment] ?? ['§2.5', {}]
  return {
    map: `${segment}[${type}]`,
    clause: `HL7 v2.5.1 ${clause}`,
    file: `connectors/hl7-listener/${byType[type] ?? 'map-message.ts'}`,
  }
}
