/** Provenance (R4 §6.3): from the message, by its number in the journal, to every version that it made. */
import type { Instant, Provenance } from '@xinglin/fhir'
import { fhirDateTime, type LocalOffset } from '@xinglin/hl7v2'
import type { Version } from '@xinglin/records'
import type { MessageId } from '@xinglin/traffic'

/** System of the journal's message numbers. */
export const messageSystem = 'urn:xinglin:message'

export type Made = {
  readonly id: string
  readonly message: MessageId
  readonly sender: string
  readonly subject: string
  /** MSH-7 as written. */
  readonly writtenAt: string
  /** Literal references of the versions. */
  readonly targets: readonly string[]
  readonly recorded: Instant
}

/** `Observation/<id>/_history/<version>`. */
export function versionReference({ type, id, version }: Pick<Version, 'type' | 'id' | 'version'>): string {
  return `${type}/${id}/_history/${version}`
}

/** The provenance of what one message made. */
export function provenanceOf(made: Made, offset: LocalOffset): Provenance & { id: string } {
  const occurred = fhirDateTime(made.writtenAt, offset)
  return {
    resourceType: 'Provenance',
    id: made.id,
    target: made.targets.map((reference) => ({ reference })),
    ...(occurred?.includes('T') ? { occurredDateTime: occurred } : {}),
    recorded: made.recorded,
    activity: { text: made.subject },
    agent: [
      {
        type: {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
              code: 'author',
              display: 'Author',
            },
          ],
        },
        who: { display: made.sender },
      },
    ],
    entity: [{ role: 'source', what: { identifier: { system: messageSystem, value: made.message } } }],
  }
}
