/**
 * Patient Demographics Query (IHE ITI-21, §3.21): who might be meant by what is known of a person. QPD-3 names fields of PID,
 * QPD-8 whose numbers are wanted. Names find by their beginning; merged records are not told, for they stand in their survivor.
 */
import { invalid, type Patient } from '@xinglin/fhir'
import { part, type Repetition, type Segment } from '@xinglin/hl7v2'
import { gender } from '../maps/codes.ts'
import { pid } from '../outgoing/person-segments.ts'
import { malformed, repetitions } from '../reading.ts'
import { authoritySystem } from '../values/systems.ts'
import type { Asked, Found } from './answer-query.ts'

/** What of a field is asked of the record; an identity number, a name or a phone tells people apart, a sex does not. */
const parameters: Readonly<Record<string, { readonly name: string; readonly isTelling?: true }>> = {
  '3.1': { name: 'identifier', isTelling: true },
  '5.1': { name: 'family', isTelling: true },
  '5.2': { name: 'given' },
  '7.1': { name: 'birthdate' },
  '8.1': { name: 'gender' },
  '11.3': { name: 'address-city' },
  '11.5': { name: 'address-postalcode' },
  '13.1': { name: 'phone', isTelling: true },
  '19.1': { name: 'identifier', isTelling: true },
}
/** Looked through at most, for those who are merged or have no number that is wanted are left out. */
const mostLookedAt = 200

/** PIDs of candidates, up to a limit, of how many. */
export async function candidates({ qpd, reading, records }: Asked, limit: number): Promise<Found> {
  const query = queryOf(qpd)
  const domains = domainsOf(qpd, 8)
  const { matches } = await records.search('Patient', [...query, ['_count', String(mostLookedAt)]])
  const found = matches.flatMap(({ json }): readonly Patient[] => {
    const patient: Patient = JSON.parse(json)
    const isMerged = patient.link?.some(({ type }) => type === 'replaced-by') ?? false
    const identifier = numbersIn(patient, domains)
    return isMerged || (domains.length > 0 && identifier.length === 0) ? [] : [{ ...patient, identifier }]
  })
  const { delimiters } = reading.message
  return { people: found.slice(0, limit).map((patient) => pid(patient, delimiters)), total: found.length }
}

/** Authorities that a field names in component 4 of its repetitions. */
export function domainsOf(qpd: Segment, field: number): readonly string[] {
  return repetitions(qpd, field).flatMap((repetition) => authoritySystem(repetition[3]) ?? [])
}

/** Numbers that stand, of these authorities; of all where none is named. */
export function numbersIn({ identifier = [] }: Patient, domains: readonly string[]) {
  return identifier.filter(
    ({ use, system = '' }) => use !== 'old' && (domains.length === 0 || domains.includes(system)),
  )
}

type Asking = { readonly path: string; readonly value: string }

function queryOf(qpd: Segment): readonly (readonly [string, string])[] {
  const asked = repetitions(qpd, 3).map((repetition, index) => askingOf(qpd, repetition, index + 1))
  const authority = authoritySystem(['3.4.1', '3.4.2', '3.4.3'].map((each) => asValue(asked, each)))
  const query = asked.flatMap(({ path, value }, index): readonly (readonly [string, string])[] => {
    if (/^3\.4/.test(path)) return []
    const known = parameters[path]
    if (!known) throw unknownParameter(index + 1)
    return [[known.name, searched(known.name, value, { qpd, index, authority })]]
  })
  const isTelling = asked.some(({ path }) => parameters[path]?.isTelling)
  if (isTelling) return query
  throw invalid('QPD-3 names no number, family name or phone; such a query would find everybody', {
    code: 'hl7.query-too-wide',
    at: 'QPD-3',
  })
}

/** `@PID.5.1^SMITH`; a field without its component means the first. */
function askingOf(qpd: Segment, repetition: Repetition, number: number): Asking {
  const path = /^@PID\.(\d{1,2}(?:\.\d{1,2}){0,2})$/.exec(part(repetition).trim())?.[1]
  if (path === undefined) throw unknownParameter(number)
  const value = part(repetition, 2).trim()
  if (value === '')
    throw malformed({ segment: qpd, field: 3, repetition: number }, 'parameter with its value')
  return { path: path.includes('.') ? path : `${path}.1`, value }
}

function asValue(asked: readonly Asking[], path: string): string {
  return asked.find((each) => each.path === path || (path === '3.4.1' && each.path === '3.4'))?.value ?? ''
}

type Place = { readonly qpd: Segment; readonly index: number; readonly authority: string | undefined }

function searched(name: string, value: string, { qpd, index, authority }: Place): string {
  const escaped = value.replaceAll(/[\\$,|]/g, '\\$&')
  switch (name) {
    case 'identifier':
      return authority === undefined ? escaped : `${authority}|${escaped}`
    case 'birthdate': {
      const [, year, month, day] = /^(\d{4})(\d\d)?(\d\d)?/.exec(value) ?? []
      if (year === undefined) throw malformed({ segment: qpd, field: 3, repetition: index + 1 }, 'date (DT)')
      return [year, month, day].filter(Boolean).join('-')
    }
    case 'gender':
      return gender[value.toUpperCase()] ?? 'unknown'
    default:
      // ITI-21 §3.21.4.1.2.2.2: a name is asked for by its beginning with an asterisk, which is how names are found anyway.
      return escaped.replace(/\*$/, '')
  }
}

function unknownParameter(repetition: number) {
  const at = repetition === 1 ? 'QPD-3' : `QPD-3[${repetition}]`
  return invalid(`${at} is no field that is searched: PID.3, 5, 7, 8, 11.3, 11.5, 13 and 19 are`, {
    code: 'hl7.query-parameter',
    at,
  })
}
