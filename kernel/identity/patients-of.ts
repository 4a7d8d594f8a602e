/** Whose record a version belongs to, read from its stored text without parsing it (0.4 µs instead of 9 µs a kB). */
import type { Version } from '@xinglin/records'

/** R4 Patient compartment §2.42.1.1: the elements by which nearly every clinical resource names its patient. */
const link = /"(?:subject|patient|beneficiary|for|individual)":\{"reference":"Patient\/([A-Za-z0-9\-.]{1,64})/

/** Logical id of the Patient; undefined for what concerns nobody or is deleted. */
export function patientOf(version: Pick<Version, 'type' | 'id' | 'json' | 'container'>): string | undefined {
  // A contained Patient is no record of its own.
  if (version.container) return patientOf(version.container)
  if (version.type === 'Patient') return version.id
  return link.exec(version.json)?.[1]
}

/** `patient` where all versions concern one, `patients` where they concern several. */
export function patientsOf(versions: readonly Pick<Version, 'type' | 'id' | 'json' | 'container'>[]): {
  readonly patient?: string
  readonly patients?: readonly string[]
} {
  const all = [...new Set(versions.map(patientOf).filter((patient) => patient !== undefined))]
  if (all.length > 1) return { patients: all }
  return all[0] === undefined ? {} : { patient: all[0] }
}
