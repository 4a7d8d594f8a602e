/** PV1 → Encounter: one for a visit number, its status by the trigger event, its places as a history. */
import type {
  Coding,
  Encounter,
  EncounterLocation,
  EncounterParticipant,
  Identifier,
  Reference,
} from '@xinglin/fhir'
import { part, type Segment } from '@xinglin/hl7v2'
import type { Draft, Known } from '../knowledge.ts'
import { encounterClass } from '../maps/codes.ts'
import { applyTable } from '../maps/table.ts'
import { encounterTable, participants } from '../maps/tables.ts'
import { type Reading, repetitions, text } from '../reading.ts'
import { stableId } from '../stable-id.ts'
import { identifier } from '../values/values.ts'
import { union } from './patient.ts'
import { locationReference, practitionersOf } from './people-and-places.ts'

export type Visit = {
  readonly pv1: Segment
  readonly patient: Known<'Patient'>
  /** What the event makes of the visit; undefined where it only tells of it. */
  readonly status?: Encounter['status']
  /** When it happened: a FHIR dateTime; ends and begins stays at a place. */
  readonly at: string | undefined
  /** A08 and results tell of a visit, they do not begin one again. */
  readonly isAuthoritative: boolean
  readonly isReopened?: boolean
}

/** Identifiers of the visit: PV1-19 and PV1-50; empty where the sender numbers no visits. */
export function visitIdentifiers(pv1: Segment, reading: Reading): readonly Identifier[] {
  const numbers = [19, 50].flatMap((field) =>
    repetitions(pv1, field).flatMap((repetition) => identifier('visit')(repetition, reading) ?? []),
  )
  return numbers.map((number) => ({
    ...number,
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'VN' }] },
  }))
}

/** The encounter of a PV1: known, updated or new; undefined where it has no number and none can be made. */
export async function encounterOf(
  visit: Visit,
  reading: Reading,
  draft: Draft,
): Promise<Known<'Encounter'> | undefined> {
  const { pv1, patient } = visit
  const numbers = visitIdentifiers(pv1, reading)
  const unnumbered = stableId('Encounter', patient.id, text(pv1, 44) || (visit.at ?? ''))
  const [present] =
    numbers.length > 0 ? await draft.find('Encounter', numbers) : await draft.read('Encounter', [unnumbered])
  if (present && !visit.isAuthoritative) return present
  if (!present && numbers.length === 0 && visit.status === undefined) return undefined
  const before: Encounter = present ?? newEncounter(pv1)
  const told = applyTable<Encounter>(encounterTable, before, pv1, reading)
  return draft.put<'Encounter'>({
    ...reopened(told, visit),
    id: present?.id ?? (numbers.length > 0 ? draft.newId() : unnumbered),
    ...(numbers.length > 0 ? { identifier: union(before.identifier ?? [], numbers) } : {}),
    status: statusOf(visit, told, present),
    class: classOf(pv1) ?? before.class,
    subject: {
      reference: `Patient/${patient.id}`,
      ...(patient.name?.[0]?.text ? { display: patient.name[0].text } : {}),
    },
    ...(await participantsOf(visit, before, reading, draft)),
    ...(await placesOf(visit, before, reading, draft)),
  })
}

function newEncounter(pv1: Segment): Encounter {
  const unknown = {
    system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor',
    code: 'UNK',
    display: 'unknown',
  }
  return { resourceType: 'Encounter', status: 'in-progress', class: classOf(pv1) ?? unknown }
}

function classOf(pv1: Segment): Coding | undefined {
  const code = text(pv1, 2).trim().toUpperCase()
  if (code === '') return undefined
  const known = encounterClass[code]
  return known
    ? { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: known[0], display: known[1] }
    : { system: 'http://terminology.hl7.org/CodeSystem/v2-0004', code }
}

/** PV1-45 says that it is over (map of PV1-45), unless the event says otherwise. */
function statusOf(visit: Visit, told: Encounter, present: Encounter | undefined): Encounter['status'] {
  if (visit.status) return visit.status
  if (present) return present.status
  if (told.period?.end) return 'finished'
  return text(visit.pv1, 2) === 'P' ? 'planned' : 'in-progress'
}

/** A13 and A01 after a discharge: the end is gone. An end without PV1-45 is when the event happened. */
function reopened(encounter: Encounter, visit: Visit): Encounter {
  if (visit.isReopened && encounter.period) {
    const { end: _ended, ...period } = encounter.period
    return { ...encounter, period }
  }
  const isOver = visit.status === 'finished' && text(visit.pv1, 45) === '' && visit.at !== undefined
  return isOver ? { ...encounter, period: { ...encounter.period, end: visit.at } } : encounter
}

/** People of a role replace those of the same role; roles that the message does not name stay. */
async function participantsOf(
  { pv1 }: Visit,
  before: Encounter,
  reading: Reading,
  draft: Draft,
): Promise<Pick<Encounter, 'participant'>> {
  let present: readonly EncounterParticipant[] = before.participant ?? []
  for (const { field, code, display } of participants) {
    const people = await practitionersOf(pv1, field, reading, draft)
    if (people.length === 0) continue
    const role = {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code, display }],
    }
    const others = present.filter((each) => each.type?.[0]?.coding?.[0]?.code !== code)
    present = [...others, ...people.map((individual) => ({ type: [role], individual }))]
  }
  return present.length > 0 ? { participant: [...present] } : {}
}

/** Where the patient is now (PV1-3), after where he was (PV1-6, and what the record says). */
async function placesOf(
  visit: Visit,
  before: Encounter,
  reading: Reading,
  draft: Draft,
): Promise<Pick<Encounter, 'location' | 'serviceProvider'>> {
  const { pv1, at, status } = visit
  const place = pv1.field(3)[0]
  const now = await locationReference(place, reading, draft)
  const told = now ? moved(before.location ?? [], now, visit) : (before.location ?? [])
  const location =
    status === 'finished'
      ? told.map((each) =>
          each.status === 'active' ? left(each, text(pv1, 45) === '' ? at : undefined) : each,
        )
      : told
  const provider = part(place, 4)
  return {
    ...(location.length > 0 ? { location: [...location] } : {}),
    ...(provider === '' ? {} : { serviceProvider: { display: provider } }),
  }
}

function moved(
  stays: readonly EncounterLocation[],
  now: Reference,
  visit: Visit,
): readonly EncounterLocation[] {
  const { at } = visit
  const last = stays.at(-1)
  if (last && last.location.reference === now.reference) {
    if (!visit.isReopened) return stays
    const { end: _ended, ...period } = last.period ?? {}
    return [...stays.slice(0, -1), { ...last, status: 'active', ...(last.period ? { period } : {}) }]
  }
  const isPlanned = text(visit.pv1, 2).toUpperCase() === 'P'
  const stay: EncounterLocation = {
    location: now,
    status: isPlanned ? 'planned' : 'active',
    ...(at ? { period: { start: at } } : {}),
  }
  return [...stays.map((each) => (each.status === 'active' ? left(each, at) : each)), stay]
}

function left(stay: EncounterLocation, at: string | undefined): EncounterLocation {
  return { ...stay, status: 'completed', ...(at ? { period: { ...stay.period, end: at } } : {}) }
}
