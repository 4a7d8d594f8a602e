/** Provenance (R4 §6.3) of a merge and of its undoing: ISO 21089 lifecycle events `merge` and `unmerge`. */
import type { Instant, Provenance } from '@xinglin/fhir'
import type { Version } from '@xinglin/records'

const lifecycle = 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle'
const titles = { merge: 'Merge Record Lifecycle Event', unmerge: 'Unmerge Record Lifecycle Event' } as const

export type Lifecycle = {
  readonly activity: keyof typeof titles
  /** Number of the merge in the index. */
  readonly merge: string
  readonly reason: string
  readonly actorDisplay: string
  readonly at: Instant
  readonly versions: readonly Version[]
}

/** Names every version that was made, who made it and why. */
export function lifecycleProvenance({
  activity,
  merge,
  reason,
  actorDisplay,
  at,
  versions,
}: Lifecycle): Provenance {
  return {
    resourceType: 'Provenance',
    target: versions.map(({ type, id, version }) => ({ reference: `${type}/${id}/_history/${version}` })),
    recorded: at,
    reason: [{ text: reason }],
    activity: { coding: [{ system: lifecycle, code: activity, display: titles[activity] }] },
    agent: [{ who: { display: actorDisplay } }],
    entity: [{ role: 'source', what: { identifier: { system: 'urn:xinglin:merge', value: merge } } }],
  }
}
