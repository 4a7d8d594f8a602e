/** The R4 search parameters of each resource type, read from the generated tables. */
import { resourceTypes } from '../generated/elements.js'
import {
  patientCompartment,
  type SearchParameterRow,
  searchParameters,
} from '../generated/search-parameters.js'
import type { ResourceType } from '../model.ts'

export type ParameterKind =
  | 'token'
  | 'string'
  | 'reference'
  | 'date'
  | 'number'
  | 'quantity'
  | 'uri'
  | 'composite'
  | 'special'

export type SearchParameterDefinition = {
  readonly name: string
  readonly kind: ParameterKind
  readonly expression: string
  /** Types that a reference may point to; empty for other kinds. */
  readonly targets: readonly ResourceType[]
  /** The parts of a composite, else empty. */
  readonly components: readonly { readonly kind: ParameterKind; readonly expression: string }[]
}

const byType = new Map<string, ReadonlyMap<string, SearchParameterDefinition>>()

/** All parameters of a type by name, those of every resource (`_id`, `_lastUpdated`, …) among them. */
export function parametersOf(type: string): ReadonlyMap<string, SearchParameterDefinition> {
  const known = byType.get(type)
  if (known) return known
  const rows = [...(searchParameters.Resource ?? []), ...(searchParameters[type] ?? [])]
  const made = new Map(rows.map((row) => [row[0], definition(row)]))
  byType.set(type, made)
  return made
}

/** One parameter of a type; undefined where R4 defines none of that name. */
export function parameterOf(type: string, name: string): SearchParameterDefinition | undefined {
  return parametersOf(type).get(name)
}

/** Names of the reference parameters that put a resource of this type into a patient's compartment. */
export function compartmentParameters(type: string): readonly string[] {
  return patientCompartment[type] ?? []
}

const knownTypes: ReadonlySet<string> = new Set(resourceTypes)

/** All resource types of R4, sorted. */
export const allResourceTypes = resourceTypes as readonly ResourceType[]

export function isResourceType(name: string): name is ResourceType {
  return knownTypes.has(name)
}

/** R4 defines the parts of DocumentReference's relationship crosswise: the code as a reference, the target as a token. */
const exchanged: ReadonlyMap<string, ParameterKind> = new Map([
  ['relationship.code', 'token'],
  ['relationship.target', 'reference'],
])

function definition([
  name,
  kind,
  expression,
  targets = [],
  components = [],
]: SearchParameterRow): SearchParameterDefinition {
  return {
    name,
    kind: kind as ParameterKind,
    expression,
    targets: targets[0] === 'Resource' ? allResourceTypes : (targets as readonly ResourceType[]),
    components: components.map(([type, path]) => ({
      kind: exchanged.get(`${name}.${path}`) ?? (type as ParameterKind),
      expression: path,
    })),
  }
}
