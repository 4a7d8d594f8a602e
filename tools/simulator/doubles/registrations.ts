/** What a desk writes down of a person the first time, and what goes wrong the second time. */
import type { Day } from '../calendar.ts'
import { makePhone } from '../people/person.ts'
import type { Random } from '../random.ts'
import type { Citizen } from './people.ts'
import slips from './slips.json' with { type: 'json' }

/** A Patient as far as it is registered here; a FHIR R4 resource without id. */
export type RegisteredPatient = {
  readonly resourceType: 'Patient'
  readonly active: true
  readonly name: readonly { readonly text: string; readonly use: 'official' | 'old' }[]
  readonly gender?: 'male' | 'female'
  readonly birthDate?: string
  readonly identifier: readonly { readonly system: string; readonly value: string }[]
  readonly telecom: readonly { readonly system: 'phone'; readonly value: string }[]
  readonly address: readonly {
    readonly state: string
    readonly line: readonly string[]
    readonly extension: readonly { readonly url: string; readonly valueCode: string }[]
  }[]
}

/** Shares of second records. The number is what most often lacks: people who show their card are found by it. */
export const errorRates = {
  sameSound: 0.03,
  keySlip: 0.015,
  lostCharacter: 0.003,
  traditional: 0.01,
  formerName: 0.3,
  swappedName: 0.002,
  numberMissing: 0.18,
  numberDigit: 0.02,
  numberSwap: 0.008,
  numberFifteen: 0.02,
  numberOfParent: 0.03,
  birthMissing: 0.01,
  birthDigit: 0.012,
  birthSwap: 0.006,
  birthLunar: 0.015,
  birthYearOnly: 0.01,
  sexWrong: 0.004,
  phoneChanged: 0.22,
  phoneMissing: 0.06,
  phoneOfRelative: 0.06,
  phoneDigit: 0.015,
  moved: 0.1,
  addressMissing: 0.08,
  addressShort: 0.25,
  newborn: 0.002,
  unnamed: 0.0005,
} as const

type Error = keyof typeof errorRates

const citizenSystem = 'urn:oid:2.16.156.10011.1.3'
const divisionExtension = 'urn:oid:2.16.156.10011.2.3.4.1'
/** Even the first time some have no card with them; small children more often. */
const firstWithoutNumber = 0.05
const childWithoutNumber = 0.35

export function firstRecord(random: Random, citizen: Citizen): RegisteredPatient {
  const lacks = random.chance(citizen.ageYears < 6 ? childWithoutNumber : firstWithoutNumber)
  return recordOf(plain(citizen, lacks ? undefined : citizen.identityNumber))
}

type Written = {
  readonly name: string
  readonly former?: string
  readonly sex?: 'male' | 'female'
  readonly birthDate?: string
  readonly number?: string
  readonly phone?: string
  readonly home?: string
  readonly division: string
  readonly region: string
}

function plain(citizen: Citizen, number: string | undefined): Written {
  return {
    name: `${citizen.family}${citizen.given}`,
    ...(citizen.formerName ? { former: citizen.formerName } : {}),
    sex: citizen.sex,
    birthDate: citizen.birthDate,
    ...(number ? { number } : {}),
    phone: citizen.phone,
    home: citizen.home,
    division: citizen.division,
    region: citizen.region,
  }
}

/** The second record and what befell it. */
export function secondRecord(
  random: Random,
  citizen: Citizen,
  today: Day,
): { readonly patient: RegisteredPatient; readonly errors: readonly Error[] } {
  const errors: Error[] = []
  const befalls = (error: Error, can = true) => {
    const does = random.chance(errorRates[error]) && can
    if (does) errors.push(error)
    return does
  }
  const name = writtenName(random, citizen, befalls)
  const number = writtenNumber(random, citizen, befalls)
  const birthDate = writtenBirth(random, citizen, befalls)
  const contact = writtenContact(random, citizen, befalls)
  const sex = befalls('sexWrong') ? (citizen.sex === 'male' ? 'female' : 'male') : citizen.sex
  const written: Written = {
    name,
    sex,
    ...(birthDate ? { birthDate } : {}),
    ...(number ? { number } : {}),
    ...contact,
  }
  const isBaby = citizen.ageYears < 1 || citizen.parents.length > 0
  if (befalls('newborn', isBaby)) return { patient: recordOf(asNewborn(citizen)), errors }
  if (befalls('unnamed')) return { patient: recordOf(asUnnamed(citizen, today)), errors }
  return { patient: recordOf(written), errors }
}

type Befalls = (error: Error, can?: boolean) => boolean

function writtenName(random: Random, citizen: Citizen, befalls: Befalls): string {
  const name = `${citizen.family}${citizen.given}`
  if (citizen.formerName && befalls('formerName')) return citizen.formerName
  if (befalls('sameSound')) return replaced(random, name, slips.sameSound)
  if (befalls('keySlip')) return replaced(random, name, slips.keySlip)
  if (befalls('lostCharacter', name.length > 2)) return name.slice(0, -1)
  if (befalls('swappedName', name.length > 2)) return `${citizen.given}${citizen.family}`
  if (befalls('traditional')) return Array.from(name, (each) => traditional.get(each) ?? each).join('')
  return name
}

const traditional = new Map(slips.traditional.map((pair) => [pair.charAt(0), pair.charAt(1)]))

/** One character replaced by another of its group; the name as it is where no group has any of its characters. */
function replaced(random: Random, name: string, groups: readonly string[]): string {
  const places = Array.from(name).flatMap((character, place) => {
    const others = groups
      .filter((group) => group.includes(character))
      .join('')
      .replaceAll(character, '')
    return others === '' ? [] : [{ place, others: Array.from(others) }]
  })
  if (places.length === 0) return name
  const { place, others } = random.pick(places)
  return Array.from(name).with(place, random.pick(others)).join('')
}

function writtenNumber(random: Random, citizen: Citizen, befalls: Befalls): string | undefined {
  const { identityNumber: number, ageYears, parents } = citizen
  if (befalls('numberOfParent', ageYears < 15 && parents.length > 0))
    return random.pick(parents).identityNumber
  if (befalls('numberMissing')) return undefined
  if (ageYears < 6 && random.chance(childWithoutNumber)) return undefined
  if (befalls('numberFifteen', number.slice(6, 8) === '19' && ageYears > 40)) {
    return `${number.slice(0, 6)}${number.slice(8, 17)}`
  }
  const place = random.between(0, 16)
  if (befalls('numberDigit'))
    return number.slice(0, place) + otherDigit(random, number.charAt(place)) + number.slice(place + 1)
  if (befalls('numberSwap', place < 16)) {
    return number.slice(0, place) + number.charAt(place + 1) + number.charAt(place) + number.slice(place + 2)
  }
  return number
}

function otherDigit(random: Random, digit: string): string {
  return String((Number(digit) + random.between(1, 9)) % 10)
}

function writtenBirth(random: Random, citizen: Citizen, befalls: Befalls): string | undefined {
  const { birthDate, ageYears } = citizen
  const [year, month = '', day = ''] = birthDate.split('-')
  if (befalls('birthMissing')) return undefined
  if (befalls('birthYearOnly')) return year
  if (befalls('birthSwap', Number(day) <= 12 && month !== day)) return `${year}-${day}-${month}`
  if (befalls('birthLunar', ageYears > 45)) return lunar(birthDate)
  if (befalls('birthDigit')) {
    const changed = Array.from(birthDate)
      .with(random.pick([3, 6, 9]), String(random.between(0, 9)))
      .join('')
    return isDate(changed) ? changed : birthDate
  }
  return birthDate
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

const chineseCalendar = new Intl.DateTimeFormat('en-u-ca-chinese', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
})

/** The day of the Chinese calendar written as if it were Gregorian; the day itself where there is no such date. */
function lunar(day: Day): string {
  const parts = Object.fromEntries(
    chineseCalendar
      .formatToParts(new Date(`${day}T00:00:00Z`))
      .map(({ type, value }) => [type as string, value]),
  )
  const told = `${parts.relatedYear}-${String(parts.month).replace('bis', '').padStart(2, '0')}-${String(parts.day).padStart(2, '0')}`
  return isDate(told) ? told : day
}

function writtenContact(
  random: Random,
  citizen: Citizen,
  befalls: Befalls,
): Pick<Written, 'phone' | 'home' | 'division' | 'region'> {
  const phone = writtenPhone(random, citizen, befalls)
  const { division, region } = citizen
  const place = { division, region, ...(phone ? { phone } : {}) }
  if (befalls('addressMissing')) return place
  if (befalls('moved'))
    return {
      ...place,
      home: `${random.pick(slips.streets)}${random.between(1, 500)}号${random.between(1, 30)}号楼${random.between(101, 1804)}室`,
    }
  if (befalls('addressShort'))
    return {
      ...place,
      home: citizen.home.replaceAll(/单元|号楼|小区/g, (word) => (word === '小区' ? '' : '-')),
    }
  return { ...place, home: citizen.home }
}

function writtenPhone(random: Random, citizen: Citizen, befalls: Befalls): string | undefined {
  if (befalls('phoneMissing')) return undefined
  if (befalls('phoneChanged')) return makePhone(random)
  if (befalls('phoneOfRelative', citizen.parents.length > 0)) return random.pick(citizen.parents).phone
  const place = random.between(3, 10)
  if (befalls('phoneDigit'))
    return (
      citizen.phone.slice(0, place) +
      otherDigit(random, citizen.phone.charAt(place)) +
      citizen.phone.slice(place + 1)
    )
  return citizen.phone
}

function asNewborn(citizen: Citizen): Written {
  const mother = citizen.parents.at(-1)
  const { sex, birthDate, division, region, home } = citizen
  const name = `${mother?.name ?? citizen.family}之${sex === 'male' ? '子' : '女'}`
  return { name, sex, birthDate, division, region, home, ...(mother ? { phone: mother.phone } : {}) }
}

function asUnnamed(citizen: Citizen, today: Day): Written {
  const birthDate = String(Number(today.slice(0, 4)) - Math.round(citizen.ageYears / 10) * 10)
  return { name: '无名氏', sex: citizen.sex, birthDate, division: citizen.division, region: citizen.region }
}

function recordOf(written: Written): RegisteredPatient {
  const { name, sex, birthDate, number, phone, home, division, region } = written
  return {
    resourceType: 'Patient',
    active: true,
    name: [
      { text: name, use: 'official' },
      ...(written.former ? [{ text: written.former, use: 'old' as const }] : []),
    ],
    ...(sex ? { gender: sex } : {}),
    ...(birthDate ? { birthDate } : {}),
    identifier: number ? [{ system: citizenSystem, value: number }] : [],
    telecom: phone ? [{ system: 'phone', value: phone }] : [],
    address: home
      ? [{ state: region, line: [home], extension: [{ url: divisionExtension, valueCode: division }] }]
      : [],
  }
}
