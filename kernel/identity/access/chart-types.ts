/** R4 Patient compartment: the types whose resources can stand in a patient's chart. */
import { allResourceTypes, compartmentParameters } from '@xinglin/fhir/search'

const chartTypes: ReadonlySet<string> = new Set<string>([
  'Patient',
  ...allResourceTypes.filter((type) => compartmentParameters(type).length > 0),
])

/** Whether resources of a type can be somebody's. */
export function isInCharts(type: string): boolean {
  return chartTypes.has(type)
}
