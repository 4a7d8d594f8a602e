/** Practitioner → XCN, Location → PL: written with the numbers and names by which others know them. */
import type { Location, Reference } from '@xinglin/fhir'
import type { Repetition } from '@xinglin/hl7v2'
import type { Facts } from './facts.ts'
import { authority, xpn } from './values.ts'

/** XCN of a practitioner; the name alone where he is not in the record, undefined where nobody is named. */
export function xcn(reference: Reference | undefined, facts: Facts): Repetition | undefined {
  const practitioner = facts.resource('Practitioner', reference)
  const display = reference?.display ?? ''
  if (!practitioner) return display === '' ? undefined : [[], [display]]
  const { identifier = [], name = [] } = practitioner
  const number = identifier.find(({ use, value }) => use !== 'old' && value !== undefined)
  const [family = [], given = [], second = [], suffix = [], prefix = []] = name[0]
    ? xpn(name[0])
    : [[display]]
  return [[number?.value ?? ''], family, given, second, suffix, prefix, [], [], authority(number?.system)]
}

/** Components of PL by location-physical-type. */
const components: Readonly<Record<string, number>> = { wa: 1, ro: 2, bd: 3, si: 4, bu: 7, lvl: 8 }
const usualComponent = 1

/** PL of a place with what it is part of; its words alone where it is not in the record. */
export function pl(reference: Reference | undefined, facts: Facts): Repetition | undefined {
  const place = facts.resource('Location', reference)
  if (!place) return reference?.display === undefined ? undefined : [[reference.display]]
  const levels = new Map<number, string>([[4, facilityOf(place)]])
  for (let each: Location | undefined = place; each; each = facts.resource('Location', each.partOf)) {
    const component = components[each.physicalType?.coding?.[0]?.code ?? ''] ?? usualComponent
    if (!levels.get(component)) levels.set(component, each.name ?? '')
  }
  return Array.from({ length: Math.max(...levels.keys()) }, (_, index) => [levels.get(index + 1) ?? ''])
}

/** The facility whose place it is, as the door named it when it first heard of it. */
function facilityOf({ identifier = [] }: Location): string {
  const own = identifier.map(({ system = '' }) => /^urn:xinglin:facility:([^:]+):location$/.exec(system)?.[1])
  return decodeURIComponent(own.find((each) => each !== undefined) ?? '')
}
