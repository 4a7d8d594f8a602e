/** Positions and licences as the screens send them. */
import { invalid } from '@xinglin/fhir'
import type { Staff } from '@xinglin/identity'
import { optionalTextOf, textOf } from './input.ts'

type Employed = Parameters<Staff['employ']>[1]

const mostLicences = 50

/** Where and as what, from when to when. */
export function positionOf(body: unknown): Employed['position'] {
  return {
    department: textOf(body, 'department'),
    title: textOf(body, 'title'),
    specialty: optionalTextOf(body, 'specialty'),
    location: optionalTextOf(body, 'location'),
    since: optionalTextOf(body, 'since'),
    until: optionalTextOf(body, 'until'),
  }
}

/** None where none are given. */
export function licencesOf(body: unknown): Employed['licences'] {
  const given = typeof body === 'object' && body !== null ? Reflect.get(body, 'licences') : undefined
  if (given === undefined) return []
  if (!Array.isArray(given) || given.length > mostLicences)
    throw invalid(`licences must be a list of at most ${mostLicences}`, {
      code: 'administration.field',
      at: 'licences',
    })
  return given.map((licence: unknown) => ({
    kind: textOf(licence, 'kind'),
    number: textOf(licence, 'number'),
    ...day(licence, 'from'),
    ...day(licence, 'until'),
  }))
}

function day(licence: unknown, name: 'from' | 'until') {
  const text = optionalTextOf(licence, name)
  if (text === undefined) return {}
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return { [name]: text }
  throw invalid('a licence begins and ends on a day: 2026-12-31', { code: 'administration.field', at: name })
}
