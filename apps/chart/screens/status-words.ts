/** FHIR's status and class codes in staff's words. */
import type { words } from './words.ts'

type WordKey = keyof (typeof words)['zh']

const byStatus: Readonly<Record<string, WordKey>> = {
  active: 'statusActive',
  'in-progress': 'statusActive',
  recurrence: 'statusActive',
  relapse: 'statusActive',
  arrived: 'statusActive',
  triaged: 'statusActive',
  onleave: 'statusActive',
  'on-hold': 'statusStopped',
  stopped: 'statusStopped',
  'not-done': 'statusCancelled',
  completed: 'statusCompleted',
  finished: 'statusCompleted',
  draft: 'statusDraft',
  registered: 'statusDraft',
  partial: 'statusPreliminary',
  preliminary: 'statusPreliminary',
  final: 'statusFinal',
  current: 'statusFinal',
  available: 'statusFinal',
  amended: 'statusAmended',
  corrected: 'statusAmended',
  appended: 'statusAmended',
  superseded: 'statusAmended',
  cancelled: 'statusCancelled',
  revoked: 'statusCancelled',
  planned: 'statusPlanned',
  intended: 'statusPlanned',
  resolved: 'statusResolved',
  remission: 'statusResolved',
  inactive: 'statusResolved',
}

/** The key of a status' words. */
export function statusKey(status: string): WordKey {
  return byStatus[status] ?? 'statusOther'
}

const byClass: Readonly<Record<string, WordKey>> = {
  IMP: 'classIMP',
  ACUTE: 'classIMP',
  NONAC: 'classIMP',
  SS: 'classAMB',
  AMB: 'classAMB',
  OBSENC: 'classEMER',
  EMER: 'classEMER',
  HH: 'classHH',
  VR: 'classVR',
}

/** The key of the words of an encounter class (v3-ActEncounterCode). */
export function classKey(code: string): WordKey {
  return byClass[code] ?? 'classOther'
}

const kinds = [
  'Encounter',
  'Condition',
  'AllergyIntolerance',
  'Observation',
  'DiagnosticReport',
  'MedicationRequest',
  'MedicationStatement',
  'MedicationAdministration',
  'Procedure',
  'ImagingStudy',
  'DocumentReference',
  'Composition',
  'Immunization',
  'ServiceRequest',
] as const

/** The key of the words of a resource type. */
export function kindKey(type: string): WordKey {
  const kind = kinds.find((known) => known === type)
  return kind ? `kind${kind}` : 'statusOther'
}
