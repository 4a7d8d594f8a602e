/** FHIR codes → HL7 v2 tables: the concept maps of `maps/codes.ts` read the other way round, where several codes became one the usual one. */
import { codeSystems, criticality, encounterClass, relationship } from '../maps/codes.ts'

/** administrative-gender → table 0001. */
export const sexOf: Readonly<Record<string, string>> = { female: 'F', male: 'M', other: 'O', unknown: 'U' }

/** v3-ActCode → table 0004; what the table does not have is the nearest that it has. */
export const patientClassOf: Readonly<Record<string, string>> = {
  ...inverted(encounterClass),
  ACUTE: 'I',
  NONAC: 'I',
  OBSENC: 'O',
  SS: 'O',
  HH: 'O',
  VR: 'O',
  FLD: 'E',
}

/** v3-MaritalStatus → table 0002. */
export const maritalStatusOf: Readonly<Record<string, string>> = {
  ...{ M: 'M', S: 'S', D: 'D', W: 'W', L: 'A', C: 'C', T: 'P', A: 'N', I: 'I', U: 'B' },
}

/** v3-RoleCode → table 0063. */
export const relationshipOf: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(relationship).map(([from, to]) => [to, from]),
)

/** allergy-intolerance-category → table 0127. */
export const allergyTypeOf: Readonly<Record<string, string>> = {
  ...{ medication: 'DA', food: 'FA', environment: 'EA', biologic: 'AA' },
}

/** reaction-event-severity, then allergy-intolerance-criticality → table 0128. */
export const severityOf: Readonly<Record<string, string>> = {
  ...{ severe: 'SV', moderate: 'MO', mild: 'MI' },
  ...Object.fromEntries(Object.entries(criticality).map(([from, to]) => [to, from])),
}

/** request-status → table 0038. */
export const orderStatusOf: Readonly<Record<string, string>> = {
  ...{ active: 'IP', completed: 'CM', revoked: 'CA', 'on-hold': 'HD', 'entered-in-error': 'ER' },
}

/** request-priority → table 0027. */
export const priorityOf: Readonly<Record<string, string>> = {
  stat: 'S',
  asap: 'A',
  urgent: 'A',
  routine: 'R',
}

/** observation-status → table 0085; of an unknown status no more is claimed than that it is not final. */
export const resultStatusOf: Readonly<Record<string, string>> = {
  ...{ final: 'F', preliminary: 'P', registered: 'I', corrected: 'C', amended: 'C', cancelled: 'X' },
  ...{ 'entered-in-error': 'W', unknown: 'P' },
}

/** diagnostic-report-status → table 0123. */
export const reportStatusOf: Readonly<Record<string, string>> = {
  ...{
    registered: 'O',
    partial: 'A',
    preliminary: 'P',
    final: 'F',
    corrected: 'C',
    amended: 'C',
    appended: 'C',
  },
  ...{ cancelled: 'X', 'entered-in-error': 'X', unknown: 'P' },
}

/** name-use → table 0200. */
export const nameTypeOf: Readonly<Record<string, string>> = {
  ...{ official: 'L', usual: 'D', maiden: 'M', nickname: 'N', anonymous: 'MSK', temp: 'TEMP', old: 'BAD' },
}

/** address-use → table 0190. */
export const addressTypeOf: Readonly<Record<string, string>> = {
  ...{ home: 'H', work: 'B', temp: 'C', billing: 'BI', old: 'BA' },
}

/** contact-point-system → table 0202. */
export const equipmentOf: Readonly<Record<string, string>> = {
  phone: 'PH',
  fax: 'FX',
  pager: 'BP',
  email: 'Internet',
}

/** diagnosis-role → table 0052. */
export const diagnosisTypeOf: Readonly<Record<string, string>> = { AD: 'A', DD: 'F' }

/** URI of a code system → table 0396; the first name that reads as it. */
export const systemNames: ReadonlyMap<string, string> = new Map(
  Object.entries(codeSystems)
    .toReversed()
    .map(([name, uri]) => [uri, name]),
)

function inverted(
  map: Readonly<Record<string, readonly [code: string, display: string]>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([from, [to]]) => [to, from]))
}
