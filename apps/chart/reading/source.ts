/** R4 §6.3 Provenance: who or what a fact came from. */
import type { Provenance, Resource } from '@xinglin/fhir'
import { nameIn } from './codes.ts'
import type { ExactObservation } from './observation.ts'
import type { Source } from './shapes.ts'

/** System of the identifier by which a Provenance names a message of a door. */
const messageSystem = 'urn:xinglin:message'

/** Device, performer and sender of an observation; undefined where nobody is named. */
export function sourceOf(
  { device, performer, meta }: Pick<ExactObservation, 'device' | 'performer' | 'meta'>,
  provenance: Provenance | undefined,
): Source | undefined {
  const names = [
    nameIn(device),
    ...(performer ?? []).map(nameIn),
    ...(provenance?.agent ?? []).map(({ who }) => nameIn(who)),
    ...(provenance?.entity ?? []).map(({ what }) => what.display),
  ]
  const text = [...new Set(names.filter((name) => name !== undefined))].join(' · ')
  const message = messageOf(provenance)
  if (text === '' && !message) return meta?.source ? { text: meta.source } : undefined
  return { text, ...(message ? { message } : {}) }
}

function messageOf(provenance: Provenance | undefined): string | undefined {
  return provenance?.entity?.find(({ what }) => what.identifier?.system === messageSystem)?.what.identifier
    ?.value
}

/** Provenances by the literal reference of what they tell about; the newest wins. */
export function provenancesByTarget(resources: readonly Resource[]): ReadonlyMap<string, Provenance> {
  const found = new Map<string, Provenance>()
  for (const resource of resources) {
    if (resource.resourceType !== 'Provenance') continue
    for (const { reference } of resource.target) {
      const target = reference?.replace(/\/_history\/.*$/, '')
      const known = target ? found.get(target) : undefined
      if (target && (!known || known.recorded <= resource.recorded)) found.set(target, resource)
    }
  }
  return found
}

/** The message of each version that a Provenance names: `Observation/1/_history/2` → its number in the journal. */
export function messagesByVersion(resources: readonly Resource[]): ReadonlyMap<string, string> {
  return new Map(
    resources.flatMap((resource) => {
      const message = resource.resourceType === 'Provenance' ? messageOf(resource) : undefined
      if (resource.resourceType !== 'Provenance' || message === undefined) return []
      return resource.target.flatMap(({ reference }) => (reference ? [[reference, message] as const] : []))
    }),
  )
}
