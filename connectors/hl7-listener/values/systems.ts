/** Whose numbers and whose codes: HD assigning authorities and table 0396 names as URIs. */
import { type Component, part, type Repetition } from '@xinglin/hl7v2'
import { codeSystems } from '../maps/codes.ts'
import type { Reading } from '../reading.ts'

/** Citizen's identity number, as the shared documents of WS/T 500 name it. */
export const citizenNumberSystem = 'urn:oid:2.16.156.10011.1.3'

/** The authority of numbers that are ours: ids of the record, which others are told of what has no other number. */
export const ownAuthority = 'XINGLIN'
export const ownNumberSystem = `urn:xinglin:authority:${ownAuthority}`

export type NumberKind = 'patient' | 'visit' | 'order' | 'staff' | 'account' | 'specimen'

/** URI of an assigning authority (HD: namespace & universal id & its type); undefined where it is empty. */
export function authoritySystem(authority: Component | undefined): string | undefined {
  const [namespace = '', universalId = '', universalType = ''] = authority ?? []
  if (universalId !== '') {
    const type = universalType.toUpperCase()
    if (type === 'ISO' || /^[0-2](?:\.\d+)+$/.test(universalId)) return `urn:oid:${universalId}`
    if (type === 'UUID' || type === 'GUID') return `urn:uuid:${universalId.toLowerCase()}`
    if (/^[a-z][a-z0-9+.-]*:/i.test(universalId)) return universalId
    return `urn:xinglin:authority:${encodeURIComponent(universalId)}`
  }
  return namespace === '' ? undefined : `urn:xinglin:authority:${encodeURIComponent(namespace)}`
}

/** URI for numbers that name no authority: they are the sending facility's own. */
export function facilitySystem(reading: Reading, kind: NumberKind): string {
  const facility = reading.facility || reading.application || 'unknown'
  return `urn:xinglin:facility:${encodeURIComponent(facility)}:${kind}`
}

/** Table 0396 name → URI; undefined where none is given. Local names are the facility's own. */
export function codeSystem(name: string, reading: Reading): string | undefined {
  if (name === '') return undefined
  const known = codeSystems[name.toUpperCase()]
  if (known) return known
  const table = /^HL7(\d{4})$/i.exec(name)?.[1]
  if (table) return `http://terminology.hl7.org/CodeSystem/v2-${table}`
  if (/^(?:urn:|https?:\/\/)/i.test(name)) return name
  const local = name === 'L' ? reading.facility || 'local' : name
  return `urn:xinglin:codes:${encodeURIComponent(local)}`
}

/** EI of an order: entity ^ namespace ^ universal id ^ its type. */
export function entitySystem(repetition: Repetition, reading: Reading): string {
  const authority = [part(repetition, 2), part(repetition, 3), part(repetition, 4)]
  return authoritySystem(authority) ?? facilitySystem(reading, 'order')
}
