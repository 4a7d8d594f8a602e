/** In whose chart a resource stands: its subject or patient, else the first of the compartments that hold it. */
import { type IndexValues, parameterOf } from '@xinglin/fhir/search'
import { sourcesOf } from './sources.ts'

/** Logical id of the Patient; undefined for what is in no chart. */
export function mainPatientOf(
  type: string,
  { references, patients }: Pick<IndexValues, 'references' | 'patients'>,
): string | undefined {
  const subject = references.find(
    (reference) => reference.type === 'Patient' && isSubject(type, reference.parameter),
  )
  return subject?.id ?? patients[0]
}

/** All in whose charts a resource stands, the main one first. */
export function chartsOf(
  type: string,
  values: Pick<IndexValues, 'references' | 'patients'>,
): readonly string[] {
  const main = mainPatientOf(type, values)
  return main === undefined ? [] : [...new Set([main, ...values.patients])]
}

/** True where a resource that refers to a Patient by this parameter stands in that patient's chart and no other. */
export function isMainPatient(type: string, parameter: string): boolean {
  const sources = sourcesOf(type, parameter)
  return sources.length === 1 && sources.every((source) => isSubject(type, source))
}

/** R4 lets `subject` and `patient` stand once, wherever a type has them. */
function isSubject(type: string, parameter: string): boolean {
  const expression = parameterOf(type, parameter)?.expression
  return expression === `${type}.subject` || expression === `${type}.patient`
}
