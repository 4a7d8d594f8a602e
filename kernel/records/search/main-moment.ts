/**
 * The date parameter that asks for the main clinical moment of its type. `records.current.at` holds that moment, so that
 * sorting by it walks the chart's index; a resource without the element stands at the next moment that it tells of.
 */

const mainMoments: Readonly<Record<string, string>> = {
  Appointment: 'date',
  AuditEvent: 'date',
  Composition: 'date',
  Condition: 'onset-date',
  DiagnosticReport: 'date',
  Encounter: 'date',
  EpisodeOfCare: 'date',
  ImagingStudy: 'started',
  Immunization: 'date',
  MedicationAdministration: 'effective-time',
  MedicationDispense: 'whenhandedover',
  MedicationRequest: 'authoredon',
  MedicationStatement: 'effective',
  Observation: 'date',
  Patient: 'birthdate',
  Procedure: 'date',
  QuestionnaireResponse: 'authored',
  ServiceRequest: 'occurrence',
  Specimen: 'collected',
}

/** True where the parameter asks for what the chart is ordered by. */
export function isMainMoment(type: string, parameter: string): boolean {
  return mainMoments[type] === parameter
}
