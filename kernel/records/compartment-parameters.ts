/**
 * By which reference parameters a resource belongs to a patient or an encounter: the R4 CompartmentDefinition of the
 * patient, and of encounters every parameter that names one (R4's definition lists most of them; $everything shows all).
 */
import type { TenantId } from '@xinglin/events'
import { allResourceTypes, compartmentParameters, parametersOf } from '@xinglin/fhir/search'
import { isMainPatient } from './index/main-patient.ts'
import { sourcesOf } from './index/sources.ts'
import { referenceTerm, selfOf } from './index/space.ts'

export type CompartmentRoot = { readonly type: 'Patient' | 'Encounter'; readonly id: string }

/** Terms of all references that put a resource into the compartment; those that the chart's index finds are left out. */
export function compartmentTerms(tenant: TenantId, { type, id }: CompartmentRoot): readonly bigint[] {
  const self = selfOf(tenant, type, id)
  return sourcesIn(type).map(([referrer, source]) => referenceTerm({ tenant, type: referrer }, source, self))
}

/** Types that can be members of a compartment. */
export function memberTypes(root: CompartmentRoot['type']): ReadonlySet<string> {
  return root === 'Patient' ? patientMembers : encounterMembers
}

/** Parameters by which a resource of `type` belongs to an encounter; empty where it never does. */
export function encounterParameters(type: string): readonly string[] {
  // DocumentManifest has no element of its own for it (R4 CompartmentDefinition encounter).
  if (type === 'DocumentManifest') return ['related-ref']
  return [...parametersOf(type).values()]
    .filter(({ name, targets }) => encounterNames.has(name) && targets.includes('Encounter'))
    .map(({ name }) => name)
}

const encounterNames: ReadonlySet<string> = new Set(['encounter', 'context'])

const patientMembers: ReadonlySet<string> = new Set([
  'Patient',
  ...allResourceTypes.filter((type) => compartmentParameters(type).length > 0),
])
const encounterMembers: ReadonlySet<string> = new Set([
  'Encounter',
  ...allResourceTypes.filter((type) => encounterParameters(type).length > 0),
])

type Source = readonly [type: string, source: string]

const patientSources: readonly Source[] = allResourceTypes.flatMap((type) =>
  sourcesOfAll(
    type,
    compartmentParameters(type).filter((parameter) => !isMainPatient(type, parameter)),
  ),
)
const encounterSources: readonly Source[] = allResourceTypes.flatMap((type) =>
  sourcesOfAll(type, encounterParameters(type)),
)

function sourcesIn(root: CompartmentRoot['type']): readonly Source[] {
  return root === 'Patient' ? patientSources : encounterSources
}

function sourcesOfAll(type: string, parameters: readonly string[]): readonly Source[] {
  const sources = new Set(parameters.flatMap((parameter) => sourcesOf(type, parameter)))
  return [...sources].map((source) => [type, source] as const)
}
