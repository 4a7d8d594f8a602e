/** Whose past a search asks for: only one patient's record can be shown as it stood. */
import { invalid, type ResourceType } from '@xinglin/fhir'
import { compartmentParameters, type ParameterQuery } from '@xinglin/fhir/search'
import { isMainPatient } from '../index/main-patient.ts'
import { sourcesOf } from '../index/sources.ts'
import { asOfParameter } from './as-of-instant.ts'

/** Logical id of the one Patient in whose chart all matches stand; throws `invalid` where the search names none. */
export function patientAsked(type: ResourceType, conditions: readonly ParameterQuery[]): string {
  for (const query of conditions) {
    const patient = patientIn(type, query)
    if (patient !== undefined) return patient
  }
  const example = type === 'Patient' ? '_id=1' : 'patient=Patient/1'
  throw invalid(
    `${asOfParameter} shows the past of one patient; name one (${example}) by a parameter that puts ${type} into a chart`,
    { code: 'records.as-of-patient', at: asOfParameter },
  )
}

function patientIn(type: ResourceType, query: ParameterQuery): string | undefined {
  if (query.kind === 'token' && type === 'Patient' && query.parameter === '_id') {
    const [id] = query.values
    return query.modifier === undefined && query.values.length === 1 ? id?.code : undefined
  }
  if (query.kind !== 'reference' && query.kind !== 'compartment') return undefined
  const isInChart = query.kind === 'compartment' || isOfChart(type, query.parameter)
  if (query.values.length !== 1 || !isInChart) return undefined
  const [value] = query.values
  const isPatient = value?.kind === 'local' && value.types.length === 1 && value.types[0] === 'Patient'
  return isPatient ? value.id : undefined
}

function isOfChart(type: ResourceType, parameter: string): boolean {
  if (type === 'Patient') return false
  const members = compartmentParameters(type)
  return (
    isMainPatient(type, parameter) ||
    members.includes(parameter) ||
    sourcesOf(type, parameter).every((source) => members.includes(source))
  )
}
