/** The people of the simulated hospital: names, identity numbers, phones and addresses that look real and belong to nobody. */

import { addDays, type Day } from '../calendar.ts'
import type { Random } from '../random.ts'
import { identityNumber } from './identity-number.ts'
import names from './names.json' with { type: 'json' }
import places from './places.json' with { type: 'json' }

export type Sex = 'male' | 'female'
export type Address = {
  readonly province: string
  readonly city: string
  readonly district: string
  readonly line: string
  readonly postalCode: string
}
export type Kin = {
  readonly relation: string
  readonly relationName: string
  readonly name: string
  readonly phone: string
}
export type Person = {
  readonly mrn: string
  readonly familyName: string
  readonly givenName: string
  readonly sex: Sex
  readonly birthDate: Day
  readonly identityNumber: string
  readonly phone: string
  readonly address: Address
  readonly isMarried: boolean
  readonly kin?: Kin
}

/** A name by the frequency of surnames in China and a given name usual for the sex. */
export function makeName(random: Random, sex: Sex): { familyName: string; givenName: string } {
  const { name: familyName } = random.weighted(names.surnames, ({ weight }) => weight)
  return { familyName, givenName: random.pick(sex === 'male' ? names.maleGiven : names.femaleGiven) }
}

const mobilePrefixes = [
  '130',
  '132',
  '135',
  '136',
  '137',
  '138',
  '139',
  '150',
  '151',
  '158',
  '159',
  '176',
  '186',
  '188',
  '189',
]

/** An 11-digit mobile number of the ranges in use. */
export function makePhone(random: Random): string {
  return `${random.pick(mobilePrefixes)}${String(random.between(0, 99_999_999)).padStart(8, '0')}`
}

/** A person who is `ageYears` old on `today`; the record number is eight digits. */
export function makePerson(
  random: Random,
  options: { number: number; ageYears: number; sex: Sex; today: Day },
): Person {
  const { ageYears, sex, today } = options
  const birthDate = addDays(today, -Math.round(ageYears * 365.2425) - random.between(0, 300))
  const place = random.pick(places)
  const orderCode = random.between(0, 499) * 2 + (sex === 'male' ? 1 : 0)
  const isMarried = ageYears >= 25 && random.chance(0.85)
  return {
    mrn: String(10_000_000 + options.number),
    ...makeName(random, sex),
    sex,
    birthDate,
    identityNumber: identityNumber({ divisionCode: place.code, birthDate, orderCode }),
    phone: makePhone(random),
    address: { ...place, line: makeStreetLine(random, place.streets) },
    isMarried,
    ...(random.chance(0.8) ? { kin: makeKin(random, ageYears, isMarried) } : {}),
  }
}

function makeStreetLine(random: Random, streets: readonly string[]): string {
  const room = `${random.between(1, 18)}0${random.between(1, 4)}室`
  return `${random.pick(streets)}${random.between(1, 320)}号${random.between(1, 20)}号楼${random.between(1, 4)}单元${room}`
}

function makeKin(random: Random, ageYears: number, isMarried: boolean): Kin {
  const wanted = ageYears < 18 ? ['FTH', 'MTH'] : isMarried ? ['SPO', 'CHD'] : ['SIB', 'MTH']
  const relation = random.pick(names.kinRelations.filter(({ code }) => wanted.includes(code)))
  const { familyName, givenName } = makeName(random, relation.code === 'FTH' ? 'male' : 'female')
  return {
    relation: relation.code,
    relationName: relation.name,
    name: `${familyName}${givenName}`,
    phone: makePhone(random),
  }
}
