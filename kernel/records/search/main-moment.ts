/**
 * The date parameter that asks for the main clinical moment of its type. `records.current.at` holds that moment, so that
 * sorting by it walks the chart's index; a resource without the element stands at the next moment that it tells of.
 */

import type { DateQuery, ParameterQuery } from '@xinglin/fhir/search'

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

/**
 * Several conditions on the main moment become one: it has one value, so `ge` and `lt` together are one range to
 * look through instead of two half-open ones (only a Timing with bounds and events has two, of which one must meet all).
 */
export function withMainMoments(conditions: readonly ParameterQuery[], type: string): readonly Condition[] {
  const moments = conditions.filter((query) => query.kind === 'date' && isMainMoment(type, query.parameter))
  const [first] = moments
  if (!first || moments.length < 2) return conditions
  const others = conditions.filter((query) => !moments.includes(query))
  const all = moments.flatMap((query) => (query.kind === 'date' ? [query.values] : []))
  return [...others, { kind: 'dates', parameter: first.parameter, all }]
}

/** A parameter as parsed, or several dates that one value must meet. */
export type Condition =
  | ParameterQuery
  | { readonly kind: 'dates'; readonly parameter: string; readonly all: readonly (readonly DateQuery[])[] }
