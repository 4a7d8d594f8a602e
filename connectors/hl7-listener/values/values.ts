/** Data type maps from HL7 v2.5.1 chapter 2A to FHIR R4 data types. */
import type { Address, CodeableConcept, Coding, ContactPoint, Identifier } from '@xinglin/fhir'
import { fhirDate, fhirDateTime, isDeletion, part, type Repetition } from '@xinglin/hl7v2'
import { addressType, addressUse, identifierTypes, telecomSystem, telecomUse } from '../maps/codes.ts'
import type { ValueMap } from '../maps/table.ts'
import { malformed, type Place, type Reading } from '../reading.ts'
import { isCitizenNumber } from './identity-number.ts'
import {
  authoritySystem,
  citizenNumberSystem,
  codeSystem,
  entitySystem,
  facilitySystem,
  type NumberKind,
} from './systems.ts'

const identifierTypeSystem = 'http://terminology.hl7.org/CodeSystem/v2-0203'

/** CX → Identifier; numbers without authority are the facility's own, but an identity number is the citizen's. */
export function identifier(
  kind: NumberKind,
): (repetition: Repetition, reading: Reading) => Identifier | undefined {
  return (repetition, reading) => {
    const value = part(repetition).trim()
    if (value === '' || isDeletion(value)) return undefined
    const type = part(repetition, 5).trim()
    const authority = authoritySystem(repetition[3])
    const isCitizens = kind === 'patient' && authority === undefined && isCitizenNumber(value)
    return {
      ...(type === '' && !isCitizens
        ? {}
        : { type: identifierType(isCitizens && type === '' ? 'NI' : type) }),
      system: isCitizens ? citizenNumberSystem : (authority ?? facilitySystem(reading, kind)),
      value,
    }
  }
}

/** PID-19 holds the citizen's number in China; another number there is the country's, of an unknown system. */
export const nationalNumber: ValueMap = (repetition): Identifier | undefined => {
  const value = part(repetition).trim()
  if (value === '') return undefined
  return isCitizenNumber(value)
    ? { type: identifierType('NI'), system: citizenNumberSystem, value }
    : { type: identifierType('SB'), value }
}

/** Table 0203 code as a concept; a code that the table does not have is kept as text. */
export function identifierType(code: string): CodeableConcept {
  return identifierTypes.has(code) ? { coding: [{ system: identifierTypeSystem, code }] } : { text: code }
}

/** EI → Identifier of an order, typed PLAC or FILL. */
export function entityIdentifier(
  repetition: Repetition,
  reading: Reading,
  type: 'PLAC' | 'FILL',
): Identifier | undefined {
  const value = part(repetition).trim()
  if (value === '') return undefined
  return { type: identifierType(type), system: entitySystem(repetition, reading), value }
}

/** CE or CWE → CodeableConcept: code, text, system, and the alternate three; undefined where all are empty. */
export function codeableConcept(repetition: Repetition, reading: Reading): CodeableConcept | undefined {
  const told = [1, 4].flatMap((first) => coding(repetition, first, reading))
  const codings = [...told, ...standardCodings(repetition, told, reading)]
  const original = part(repetition, 9)
  const text = original || part(repetition, 2) || part(repetition, 5)
  if (codings.length === 0 && text === '') return undefined
  return { ...(codings.length === 0 ? {} : { coding: codings }), ...(text === '' ? {} : { text }) }
}

/** What the profile of the sender calls its codes by standards, beside them; none that the sender said himself. */
function standardCodings(
  repetition: Repetition,
  told: readonly Coding[],
  { codes }: Reading,
): readonly Coding[] {
  if (codes.size === 0) return []
  return [1, 4].flatMap((first) => {
    const known = codes.get(part(repetition, first + 2).trim())?.get(part(repetition, first).trim())
    const isTold = told.some(({ system, code }) => system === known?.system && code === known?.code)
    return known && !isTold ? [known] : []
  })
}

function coding(repetition: Repetition, first: number, reading: Reading): readonly Coding[] {
  const code = part(repetition, first).trim()
  if (code === '') return []
  const display = part(repetition, first + 1)
  const system = codeSystem(part(repetition, first + 2).trim(), reading)
  return [{ ...(system ? { system } : {}), code, ...(display === '' ? {} : { display }) }]
}

/** A code by its map; undefined where the map does not have it. */
export function codeBy(map: Readonly<Record<string, string>>): ValueMap {
  return (repetition) => map[part(repetition).trim().toUpperCase()]
}

/** A concept of one coding by its map, else the CWE as it is. */
export function conceptBy(
  map: Readonly<Record<string, readonly [code: string, display: string]>>,
  system: string,
): ValueMap {
  return (repetition, reading) => {
    const found = map[part(repetition).trim().toUpperCase()]
    if (!found) return codeableConcept(repetition, reading)
    return { coding: [{ system, code: found[0], display: found[1] }] }
  }
}

/** XTN → ContactPoint; `use` where XTN-2 names none. */
export function contactPoint(use: ContactPoint['use']): ValueMap {
  return (repetition): ContactPoint | undefined => {
    const equipment = part(repetition, 3).trim().toUpperCase()
    const email = part(repetition, 4).trim()
    const value = email || part(repetition, 12).trim() || part(repetition).trim() || assembled(repetition)
    if (value === '') return undefined
    const isEmail = email !== '' || part(repetition, 2) === 'NET'
    const system = isEmail ? 'email' : (telecomSystem[equipment] ?? 'phone')
    const named =
      equipment === 'CP' ? 'mobile' : (telecomUse[part(repetition, 2).trim().toUpperCase()] ?? use)
    return {
      system: system as ContactPoint['system'],
      value,
      ...(named ? { use: named as ContactPoint['use'] } : {}),
    }
  }
}

/** Country code, area code and local number of XTN-5 to XTN-8. */
function assembled(repetition: Repetition): string {
  const country = part(repetition, 5)
  const numbers = [country === '' ? '' : `+${country}`, part(repetition, 6), part(repetition, 7)]
  const extension = part(repetition, 8)
  return [...numbers, extension === '' ? '' : `ext ${extension}`].filter((each) => each !== '').join(' ')
}

/** XAD → Address. In China XAD-2 carries the district; the text is in Chinese order, largest first. */
export const address: ValueMap = (repetition): Address | undefined => {
  const street = [part(repetition, 1, 1) || [part(repetition, 1, 3), part(repetition, 1, 2)].join(' ').trim()]
  const [other, city, state, postalCode, country, type] = [2, 3, 4, 5, 6, 7].map((component) =>
    part(repetition, component),
  )
  const isDistrict = /[区县市旗]$/u.test(other ?? '')
  const district = isDistrict ? (other ?? '') : part(repetition, 9)
  const line = [...street, isDistrict ? '' : (other ?? '')].filter((each) => each !== '')
  if ([...line, city, state, postalCode, country, district].every((each) => !each)) return undefined
  const isChina =
    country === 'CHN' || country === 'CN' || /\p{Script=Han}/u.test(`${city}${state}${line.join('')}`)
  const text = isChina
    ? [state, city === state ? '' : city, district, ...line].join('')
    : [...line, city, state, postalCode, country].filter(Boolean).join(', ')
  return {
    ...(addressUse[type ?? ''] ? { use: addressUse[type ?? ''] as Address['use'] } : {}),
    ...(addressType[type ?? ''] ? { type: addressType[type ?? ''] as Address['type'] } : {}),
    ...(text === '' ? {} : { text }),
    ...(line.length === 0 ? {} : { line }),
    ...(city ? { city } : {}),
    ...(district === '' ? {} : { district }),
    ...(state ? { state } : {}),
    ...(postalCode ? { postalCode } : {}),
    ...(country ? { country } : {}),
  }
}

/** TS or DTM → dateTime; refused where it is neither. */
export function dateTime(repetition: Repetition, reading: Reading, place: Place): string | undefined {
  const value = part(repetition).trim()
  if (value === '' || isDeletion(value)) return undefined
  const found = fhirDateTime(value, reading.offset)
  if (found === undefined) throw malformed(place, 'date and time (DTM)')
  return found
}

/** TS or DTM → date. */
export function date(repetition: Repetition, reading: Reading, place: Place): string | undefined {
  const value = part(repetition).trim()
  if (value === '') return undefined
  const found = fhirDate(value, reading.offset)
  if (found === undefined) throw malformed(place, 'date (DT)')
  return found
}

/** ID of table 0136: Y or N. */
export const yesNo: ValueMap = (repetition) => {
  const value = part(repetition).trim().toUpperCase()
  if (value === 'Y') return true
  return value === 'N' ? false : undefined
}

/** NM that must be whole and positive. */
export function positiveInteger(repetition: Repetition, _reading: Reading, place: Place): number | undefined {
  const value = part(repetition).trim()
  if (value === '') return undefined
  if (!/^[1-9]\d{0,8}$/.test(value)) throw malformed(place, 'positive whole number')
  return Number(value)
}

/** ST. */
export const plain: ValueMap = (repetition) => part(repetition).trim() || undefined
