/** The record as a message met it: what it made is taken away again, so that its map can be run once more. */
import type { ResourceType } from '@xinglin/fhir'
import { parseReference } from '@xinglin/fhir'
import type { Page, Records, Unit, Version, VersionWanted, Wanted } from '@xinglin/records'
import type { Message } from '@xinglin/traffic'

type Looks = Pick<Unit, 'search' | 'find'>

/** Versions that the message made, in the order in which its map wrote them; others of its references are left out. */
export function madeBy({ made }: Message): readonly VersionWanted[] {
  return made.flatMap((text) => {
    const reference = parseReference(text)
    return reference?.version === undefined
      ? []
      : [{ type: reference.type as ResourceType, id: reference.id, version: Number(reference.version) }]
  })
}

/** `find` and `search` of a unit as they would have answered before the message. */
export async function pastRecord(records: Records, unit: Unit, message: Message): Promise<Looks> {
  const made = madeBy(message)
  const isMade = new Set(made.map(({ type, id }) => `${type}/${id}`))
  const before = await records.readVersions(
    message.tenant,
    made.flatMap(({ type, id, version }) => (version > 1 ? [{ type, id, version: version - 1 }] : [])),
  )
  const settledAt = message.settledAt ?? message.receivedAt
  const asThen = async (version: Version): Promise<Version | undefined> =>
    new Date(version.updated) <= new Date(settledAt)
      ? version
      : records.readAsOf(message.tenant, version.type, version.id, settledAt)

  return {
    async find(wanted: readonly Wanted[]) {
      const present = (await unit.find(wanted)).filter(({ type, id }) => !isMade.has(`${type}/${id}`))
      const then = (await Promise.all(present.map(asThen))).filter((each) => each !== undefined)
      const types = new Set(wanted.map(({ type }) => type))
      return [...then, ...before.filter(({ type }) => types.has(type))].filter(
        ({ interaction }) => interaction !== 'delete',
      )
    },
    // A chart that a merge moves: all of it was made anew by that message.
    async search(type, query): Promise<Page> {
      const patient = query.find(([name]) => name === 'patient')?.[1] ?? ''
      const matches = before.filter((each) => each.type === type && each.json.includes(`"${patient}"`))
      return { matches, included: [], applied: query }
    },
  }
}
