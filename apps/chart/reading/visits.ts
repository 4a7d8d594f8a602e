/** R4 §8.11 Encounter: visits, and where the patient lies now. */
import { type Condition, type Encounter, parseReference } from '@xinglin/fhir'
import { namedWordsOf, nameIn, newestFirst, wordsOf } from './codes.ts'
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
  const name = names.at(-1)
  return name ? withoutRepeats(name) : nameIn(encounter.serviceProvider)
}

/** `W06 W06-R30 30` says the ward twice. */
function withoutRepeats(name: string): string {
  const words = name.split(' ')
  return words.filter((word, index) => !words[index + 1]?.startsWith(`${word}-`)).join(' ')
}

/** Visits, the present one first; what no visit says itself is told by the diagnoses made in it. */
export function visitsOf(
  encounters: readonly Encounter[],
  conditions: readonly Condition[] = [],
): readonly Visit[] {
  const known = encounters.filter(({ status }) => status !== 'entered-in-error')
  const diagnoses = diagnosesByEncounter(conditions)
  const visits = newestFirst(
    known.map((encounter) => visitOf(encounter, diagnoses.get(encounter.id ?? ''))),
    ({ start }) => start,
  )
  return [...visits.filter((visit) => visit.isPresent), ...visits.filter((visit) => !visit.isPresent)]
}

function diagnosesByEncounter(conditions: readonly Condition[]): ReadonlyMap<string, string> {
  const named = conditions.flatMap(({ encounter, code }) => {
    const id = parseReference(encounter?.reference)?.id
    const name = wordsOf(code)
    return id && name ? [{ id, name }] : []
  })
  const byEncounter = Map.groupBy(named, ({ id }) => id)
  return new Map(
    [...byEncounter].map(([id, found]) => [id, [...new Set(found.map(({ name }) => name))].join(' · ')]),
  )
}

export function visitOf(encounter: Encounter, diagnosis?: string): Visit {
  const reason = encounter.reasonCode?.map(wordsOf).filter(Boolean).join(' · ')
  return {
    key: `Encounter/${encounter.id}`,
    class: encounter.class.code ?? '',
    status: encounter.status,
    isPresent: isPresent(encounter),
    place: placeOf(encounter),
    reason: reason || diagnosis || namedWordsOf(encounter.type?.[0]) || namedWordsOf(encounter.serviceType),
    doctor: encounter.participant?.flatMap(({ individual }) => nameIn(individual) ?? [])[0],
    start: encounter.period?.start,
    end: encounter.period?.end,
  }
}
