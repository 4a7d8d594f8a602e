/** Whose a resource is, of all that names a patient: his own, or somebody else's that mentions him. */
import type { Resource } from '@xinglin/fhir'

/** `own` is erased with a patient; `mention` stays, without what it says of him beside the reference. */
export type Belonging = 'own' | 'mention'

/** Elements of R4 that say whose a resource is, where they refer to a Patient. */
const owners: ReadonlySet<string> = new Set(['subject', 'patient', 'for', 'beneficiary', 'individual'])
const reference = /^Patient\/([A-Za-z0-9.-]{1,64})(?:\/_history\/|$)/

/** What a resource of theirs, or about them, is to these patients. */
export function belongingOf(
  resource: Resource & { readonly id?: string },
  patients: ReadonlySet<string>,
): Belonging {
  if (resource.resourceType === 'Patient') return patients.has(resource.id ?? '') ? 'own' : 'mention'
  const owner = Object.entries(resource).find(
    ([element, value]) => owners.has(element) && namedIn(value).length > 0,
  )
  if (owner) return namedIn(owner[1]).every((id) => patients.has(id)) ? 'own' : 'mention'
  return patientsIn(resource).every((id) => patients.has(id)) ? 'own' : 'mention'
}

/** Ids of all Patients that a resource refers to, each once. */
export function patientsIn(resource: unknown): readonly string[] {
  if (typeof resource !== 'object' || resource === null) return []
  return [...new Set([...namedIn(resource), ...Object.values(resource).flatMap(patientsIn)])]
}

function namedIn(value: unknown): readonly string[] {
  const references = Array.isArray(value) ? value : [value]
  return references.flatMap((each) => idIn(each) ?? [])
}

function idIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('reference' in value)) return undefined
  return typeof value.reference === 'string' ? reference.exec(value.reference)?.[1] : undefined
}

/** The resource without what stands beside its references to these patients: their names and numbers. */
export function withoutNamesOf<T>(value: T, patients: ReadonlySet<string>): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => withoutNamesOf(each, patients)) as T
  const id = idIn(value)
  const isNamed = id !== undefined && patients.has(id)
  const kept = Object.entries(value).filter(([key]) => !isNamed || !besideReference.has(key))
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutNamesOf(each, patients)])) as T
}

const besideReference: ReadonlySet<string> = new Set(['display', '_display', 'identifier'])
