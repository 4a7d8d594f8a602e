/** XCN → Practitioner, PL → Location: made the first time they are named, found by their number afterwards. */
import type { Identifier, Location, Practitioner, Reference } from '@xinglin/fhir'
import { part, type Repetition, type Segment } from '@xinglin/hl7v2'
import type { Draft } from '../knowledge.ts'
import { type Reading, repetitions } from '../reading.ts'
import { stableId } from '../stable-id.ts'
import { humanName } from '../values/names.ts'
import { authoritySystem, facilitySystem } from '../values/systems.ts'

/** Reference to the practitioner of an XCN: by number where it has one, else by name alone; undefined where it is empty. */
export async function practitionerReference(
  repetition: Repetition,
  reading: Reading,
  draft: Draft,
): Promise<Reference | undefined> {
  const identifier = staffNumber(repetition, reading)
  const name = humanName(repetition.slice(1))
  if (!identifier) return name?.text === undefined ? undefined : { display: name.text }
  const [found] = await draft.find('Practitioner', [identifier])
  const practitioner: Practitioner = found ?? {
    resourceType: 'Practitioner',
    identifier: [identifier],
    active: true,
    ...(name ? { name: [name] } : {}),
  }
  const id = found?.id ?? draft.newId()
  if (!found) draft.put<'Practitioner'>({ ...practitioner, id })
  const display = practitioner.name?.[0]?.text ?? name?.text
  return { reference: `Practitioner/${id}`, ...(display ? { display } : {}) }
}

/** Number of an XCN with its authority; undefined where it has none. */
export function staffNumber(repetition: Repetition | undefined, reading: Reading): Identifier | undefined {
  const value = part(repetition).trim()
  if (value === '') return undefined
  return { system: authoritySystem(repetition?.[8]) ?? facilitySystem(reading, 'staff'), value }
}

/** References to all people of a field. */
export async function practitionersOf(
  segment: Segment,
  field: number,
  reading: Reading,
  draft: Draft,
): Promise<readonly Reference[]> {
  const found: Reference[] = []
  for (const repetition of repetitions(segment, field)) {
    const reference = await practitionerReference(repetition, reading, draft)
    if (reference) found.push(reference)
  }
  return found
}

/** location-physical-type of the levels of PL-1 to PL-3. */
const levels = [
  { component: 1, code: 'wa', display: 'Ward' },
  { component: 2, code: 'ro', display: 'Room' },
  { component: 3, code: 'bd', display: 'Bed' },
] as const

/** Reference to the most exact place of a PL (bed, room or ward), each level part of the one above; undefined where it is empty. */
export async function locationReference(
  repetition: Repetition | undefined,
  reading: Reading,
  draft: Draft,
): Promise<Reference | undefined> {
  const facility = part(repetition, 4) || reading.facility
  const named = levels.filter(({ component }) => part(repetition, component) !== '')
  const names = named.map(({ component }) => part(repetition, component))
  const places = named.map((level, index) => {
    const path = names.slice(0, index + 1)
    return {
      level,
      path,
      id: stableId('Location', facility, ...path),
      parent: stableId('Location', facility, ...path.slice(0, -1)),
    }
  })
  const last = places.at(-1)
  if (!last) return undefined
  const known = new Set(
    (
      await draft.read(
        'Location',
        places.map(({ id }) => id),
      )
    ).map(({ id }) => id),
  )
  for (const [index, place] of places.entries()) {
    if (!known.has(place.id)) draft.put<'Location'>({ ...locationOf(place, index, facility), id: place.id })
  }
  return { reference: `Location/${last.id}`, display: last.path.join(' ') }
}

type Place = {
  readonly level: (typeof levels)[number]
  readonly path: readonly string[]
  readonly parent: string
}

function locationOf({ level, path, parent }: Place, index: number, facility: string): Location {
  const { code, display } = level
  return {
    resourceType: 'Location',
    identifier: [
      { system: `urn:xinglin:facility:${encodeURIComponent(facility)}:location`, value: path.join('/') },
    ],
    status: 'active',
    name: path.at(-1) ?? '',
    mode: 'instance',
    physicalType: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code, display }],
    },
    ...(index === 0 ? {} : { partOf: { reference: `Location/${parent}` } }),
  }
}
