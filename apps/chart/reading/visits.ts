/** R4 §8.11 Encounter: visits, and where the patient lies now. */
import type { Encounter } from '@xinglin/fhir'
import { nameIn, newestFirst, wordsOf } from './codes.ts'
import type { Visit } from './shapes.ts'

const presentStatuses: ReadonlySet<string> = new Set(['arrived', 'triaged', 'in-progress', 'onleave'])

/** Whether the patient is here by this visit. */
export function isPresent(encounter: Encounter): boolean {
  return presentStatuses.has(encounter.status) && encounter.period?.end === undefined
}

/** Ward and bed, or the clinic; undefined where the visit names none. */
export function placeOf(encounter: Encounter): string | undefined {
  const locations = encounter.location ?? []
  const present = locations.filter(({ status, period }) => status !== 'completed' && !period?.end)
  const names = (present.length > 0 ? present : locations).flatMap(({ location }) => nameIn(location) ?? [])
  return names.at(-1) ?? nameIn(encounter.serviceProvider)
}

export function visitsOf(encounters: readonly Encounter[]): readonly Visit[] {
  const known = encounters.filter(({ status }) => status !== 'entered-in-error')
  const visits = newestFirst(known.map(visitOf), ({ start }) => start)
  return [...visits.filter((visit) => visit.isPresent), ...visits.filter((visit) => !visit.isPresent)]
}

export function visitOf(encounter: Encounter): Visit {
  const reason = encounter.reasonCode?.map(wordsOf).filter(Boolean).join('、')
  return {
    key: `Encounter/${encounter.id}`,
    class: encounter.class.code ?? '',
    status: encounter.status,
    isPresent: isPresent(encounter),
    place: placeOf(encounter),
    reason: reason || wordsOf(encounter.type?.[0]),
    doctor: encounter.participant?.flatMap(({ individual }) => nameIn(individual) ?? [])[0],
    start: encounter.period?.start,
    end: encounter.period?.end,
  }
}
