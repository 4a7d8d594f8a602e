/**
 * A county's people, for measuring how well one person's records are found: 400,000 possible full names by the frequency
 * of surnames and of the generation's characters, households of one to five, twins, children with a parent's phone.
 */
import { addDays, type Day } from '../calendar.ts'
import { identityNumber } from '../people/identity-number.ts'
import names from '../people/names.json' with { type: 'json' }
import { makePhone, type Sex } from '../people/person.ts'
import places from '../people/places.json' with { type: 'json' }
import type { Random } from '../random.ts'
import characters from './given-names.json' with { type: 'json' }

export type Citizen = {
  readonly number: number
  readonly family: string
  readonly given: string
  readonly formerName?: string
  readonly sex: Sex
  readonly birthDate: Day
  readonly identityNumber: string
  readonly phone: string
  readonly division: string
  readonly region: string
  readonly home: string
  readonly ageYears: number
  readonly isTwin: boolean
  /** Grown-ups of the household, for those registered under them. */
  readonly parents: readonly {
    readonly name: string
    readonly identityNumber: string
    readonly phone: string
  }[]
}

/** Shares of people of other counties among those who come; their identity numbers begin otherwise. */
const otherDivisions = [
  '372922',
  '371523',
  '410927',
  '320324',
  '131128',
  '230183',
  '411422',
  '341322',
  '520525',
  '622826',
]
const shareFromElsewhere = 0.2
/** Of children after the first of their household. */
const shareOfTwins = 0.04
/** Numbers that the operator gave to a second person after the first gave them up. */
const shareOfReusedPhones = 0.02
const shareWithFormerName = 0.025

/** So many people, the same for the same seed. */
export function makeCitizens(random: Random, count: number, today: Day): readonly Citizen[] {
  const citizens: Citizen[] = []
  const phones: string[] = []
  const numbers = new Set<string>()
  while (citizens.length < count) {
    const household = random.branch(`household ${citizens.length}`)
    for (const member of makeHousehold(household, { first: citizens.length, today, phones })) {
      citizens.push(withOwnNumber(member, numbers))
      phones.push(member.phone)
    }
  }
  return citizens.slice(0, count)
}

/** No two people have one number: the order code is moved on until it is free. */
function withOwnNumber(citizen: Citizen, taken: Set<string>): Citizen {
  let { identityNumber: number } = citizen
  while (taken.has(number)) {
    const orderCode = (Number(number.slice(14, 17)) + 2) % 1000
    number = identityNumber({ divisionCode: number.slice(0, 6), birthDate: citizen.birthDate, orderCode })
  }
  taken.add(number)
  return { ...citizen, identityNumber: number }
}

type Making = { readonly first: number; readonly today: Day; readonly phones: readonly string[] }

function makeHousehold(random: Random, { first, today, phones }: Making): readonly Citizen[] {
  const place = random.pick(places)
  const home = homeLine(random, place.streets)
  const adults = random.weighted([1, 2, 2, 3], (size) => 5 - size)
  const children = adults >= 2 && random.chance(0.55) ? random.weighted([1, 2, 3], (size) => 4 - size) : 0
  const family = surname(random)
  const at = { division: place.code, region: `${place.province}${place.city}${place.district}`, home }
  const grown = Array.from({ length: adults }, (_, index): Citizen => {
    const sex: Sex = index % 2 === 0 ? 'male' : 'female'
    const ageYears = index < 2 ? random.between(22, 58) : random.between(59, 92)
    const own = index === 0 || index === 2 ? family : surname(random)
    const phone =
      phones.length > 0 && random.chance(shareOfReusedPhones) ? random.pick(phones) : makePhone(random)
    return makeOne(random, {
      number: first + index,
      family: own,
      sex,
      ageYears,
      today,
      phone,
      parents: [],
      ...at,
    })
  })
  const parents = grown.slice(0, 2).map((each) => ({
    name: `${each.family}${each.given}`,
    identityNumber: each.identityNumber,
    phone: each.phone,
  }))
  const young: Citizen[] = []
  for (let index = 0; index < children; index++) {
    const twin = young.at(-1)
    const isTwin = twin !== undefined && random.chance(shareOfTwins)
    const phone = random.pick(parents).phone
    const child = makeOne(random, {
      ...{
        number: first + adults + index,
        family,
        sex: random.chance(0.52) ? 'male' : 'female',
        today,
        parents,
        phone,
        ...at,
      },
      ageYears: random.between(0, 17),
      ...(isTwin && twin ? { birthDate: twin.birthDate } : {}),
    })
    if (isTwin && twin) young[young.length - 1] = { ...twin, isTwin }
    young.push({ ...child, isTwin })
  }
  return [...grown, ...young]
}

type One = Pick<
  Citizen,
  'number' | 'family' | 'sex' | 'phone' | 'division' | 'region' | 'home' | 'ageYears' | 'parents'
> & {
  readonly today: Day
  readonly birthDate?: Day
}

function makeOne(random: Random, { today, birthDate: born, ...one }: One): Citizen {
  const birthDate = born ?? addDays(today, -Math.round(one.ageYears * 365.2425) - random.between(1, 364))
  const given = givenName(random, one.sex, one.ageYears)
  const registered = random.chance(shareFromElsewhere) ? random.pick(otherDivisions) : one.division
  const orderCode = random.between(0, 499) * 2 + (one.sex === 'male' ? 1 : 0)
  const formerName = random.chance(shareWithFormerName)
    ? `${one.family}${givenName(random, one.sex, one.ageYears)}`
    : undefined
  return {
    ...one,
    given,
    birthDate,
    isTwin: false,
    identityNumber: identityNumber({ divisionCode: registered, birthDate, orderCode }),
    ...(formerName ? { formerName } : {}),
  }
}

const surname = (random: Random) => random.weighted(names.surnames, ({ weight }) => weight).name

/** One or two characters of the generation; the first of a list are the usual ones. */
function givenName(random: Random, sex: Sex, ageYears: number): string {
  const generation = ageYears > 55 ? 'old' : ageYears > 22 ? 'middle' : 'young'
  const pool = Array.from(characters[sex][generation])
  const one = () => pool[Math.floor(pool.length * random.fraction() ** 1.7)] ?? '文'
  return random.chance(generation === 'young' ? 0.12 : 0.3) ? one() : `${one()}${one()}`
}

function homeLine(random: Random, streets: readonly string[]): string {
  const village = `${random.pick(Array.from(characters.villages))}${random.pick(Array.from(characters.villages))}`
  if (random.chance(0.45)) return `${village}村${random.between(1, 400)}号`
  return `${random.pick(streets)}${random.between(1, 320)}号${village}小区${random.between(1, 30)}号楼${random.between(1, 4)}单元${random.between(1, 18)}0${random.between(1, 4)}室`
}
