/** What of a FHIR R4 Patient tells one person from another, ready for comparison; small enough to keep half a million. */
import { type Address, addressOf, phoneDigits } from './contacts.ts'
import { type CitizenNumber, citizenNumber } from './identity-number.ts'
import { nameOf, type PersonName } from './names.ts'

export type Person = {
  readonly names: readonly PersonName[]
  /** A name that tells nobody apart: an unnamed emergency patient, or a newborn under the mother's name (王某之女). */
  readonly stands?: 'unnamed' | 'newborn'
  readonly sex?: 'male' | 'female'
  /** FHIR date; from the identity number where the record has none. */
  readonly birthDate?: string
  /** Identity numbers of eighteen characters; those that fail their check are marked by a final `?`. */
  readonly citizen: readonly string[]
  /** `system|value` of numbers that belong to a person for life: passport, insurance, health card. */
  readonly documents: readonly string[]
  readonly phones: readonly string[]
  readonly addresses: readonly Address[]
  /** Twins and their like: told to be, or their place among them. */
  readonly isMultiple?: boolean
}

type PatientLike = {
  readonly name?: readonly {
    readonly text?: string
    readonly family?: string
    readonly given?: readonly string[]
    readonly use?: string
    readonly period?: { readonly end?: string }
  }[]
  readonly gender?: string
  readonly birthDate?: string
  readonly identifier?: readonly {
    readonly system?: string
    readonly value?: string
    readonly type?: { readonly coding?: readonly { readonly code?: string }[] }
  }[]
  readonly telecom?: readonly { readonly system?: string; readonly value?: string }[]
  readonly address?: readonly {
    readonly text?: string
    readonly line?: readonly string[]
    readonly city?: string
    readonly district?: string
    readonly state?: string
    readonly extension?: readonly { readonly valueCode?: string; readonly valueString?: string }[]
  }[]
  readonly multipleBirthBoolean?: boolean
  readonly multipleBirthInteger?: number
}

/** The citizen's number as the shared documents of WS/T 500 name it. */
const citizenSystem = 'urn:oid:2.16.156.10011.1.3'
/** v2-0203: numbers that an institution gives to records, visits and accounts, not to people. */
const recordNumberTypes = new Set(['MR', 'PI', 'PT', 'VN', 'AN', 'MRT', 'ACSN', 'PLAC', 'FILL', 'TEMP'])
/** v2-0203: documents and cards that are one person's in the whole country. */
const documentTypes = new Set(['PPN', 'HC', 'SS', 'JHN', 'DL', 'BR', 'BCT', 'MI', 'NI', 'NNCHN', 'MA', 'MC'])
const unnamed = /^(?:无名|未知|不详|匿名|急诊无名|unknown|unidentified|john ?doe|jane ?doe)/iu
const newborn = /(?:之子|之女|之儿|之婴|婴儿|新生儿)[一二三四甲乙丙丁大小\dab]*$/iu
/** More than this of a kind is a record of several people. */
const mostOfAKind = 6

/** What tells this patient from others. */
export function personOf(patient: PatientLike): Person {
  const names = (patient.name ?? []).flatMap((name) => {
    const isFormer =
      name.use === 'old' || name.use === 'maiden' || name.use === 'nickname' || name.period?.end !== undefined
    return nameOf(wholeName(name), { isFormer }) ?? []
  })
  const numbers = (patient.identifier ?? []).flatMap((identifier) => {
    if (isRecordNumber(identifier)) return []
    const number = identifier.value ? citizenNumber(identifier.value) : undefined
    const isCitizens = number && (identifier.system === citizenSystem || number.isValid)
    return isCitizens && !isOfAnother(number, patient.birthDate) ? [number] : []
  })
  const own = numbers.find(({ isValid }) => isValid)
  const stands = standingOf(names)
  const sex = patient.gender === 'male' || patient.gender === 'female' ? patient.gender : own?.sex
  const birthDate = patient.birthDate ?? own?.birthDate
  const isMultiple = patient.multipleBirthBoolean === true || patient.multipleBirthInteger !== undefined
  return {
    names: few(names),
    ...(stands ? { stands } : {}),
    ...(sex ? { sex } : {}),
    ...(birthDate ? { birthDate } : {}),
    citizen: few([...new Set(numbers.map(({ number, isValid }) => (isValid ? number : `${number}?`)))]),
    documents: few(documentsOf(patient)),
    phones: few([...new Set((patient.telecom ?? []).flatMap(phoneOf))]),
    addresses: few((patient.address ?? []).flatMap(homeOf)),
    ...(isMultiple ? { isMultiple } : {}),
  }
}

/** A child is registered under a parent's card: the number tells of somebody a generation older or younger. */
function isOfAnother({ birthDate, isValid }: CitizenNumber, told: string | undefined): boolean {
  if (!birthDate || !told || !isValid) return false
  return Math.abs(Number(birthDate.slice(0, 4)) - Number(told.slice(0, 4))) >= generationYears
}

/** Slips of one digit in a year are ten years at most. */
const generationYears = 13

const few = <T>(list: readonly T[]) => list.slice(0, mostOfAKind)

type NameLike = NonNullable<PatientLike['name']>[number]

function wholeName({ text, family = '', given = [] }: NameLike): string {
  const isHan = /\p{Script=Han}/u.test(family + given.join(''))
  if (isHan) return `${family}${given.join('')}`
  return family || given.length > 0 ? [...given, family].join(' ') : (text ?? '')
}

function standingOf(names: readonly PersonName[]): Person['stands'] {
  if (names.length === 0 || names.every(({ text }) => unnamed.test(text))) return 'unnamed'
  return names.every(({ text }) => newborn.test(text)) ? 'newborn' : undefined
}

type IdentifierLike = NonNullable<PatientLike['identifier']>[number]

const typesOf = ({ type }: IdentifierLike) => (type?.coding ?? []).flatMap(({ code }) => code ?? [])

function isRecordNumber(identifier: IdentifierLike): boolean {
  return typesOf(identifier).some((code) => recordNumberTypes.has(code))
}

function documentsOf({ identifier = [] }: PatientLike): readonly string[] {
  return identifier.flatMap((each) => {
    const isDocument = typesOf(each).some((code) => documentTypes.has(code))
    const value = each.value?.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase()
    return isDocument && value && each.system !== citizenSystem ? [`${each.system ?? ''}|${value}`] : []
  })
}

function phoneOf({
  system,
  value,
}: {
  readonly system?: string
  readonly value?: string
}): readonly string[] {
  if (system !== undefined && system !== 'phone' && system !== 'sms') return []
  return value ? [phoneDigits(value) ?? []].flat() : []
}

type AddressLike = NonNullable<PatientLike['address']>[number]

function homeOf(address: AddressLike): readonly Address[] {
  const parts = [address.state, address.city, address.district, ...(address.line ?? [])]
  const told = parts.filter((part) => part !== undefined && part !== '').join('')
  const division = (address.extension ?? [])
    .flatMap(({ valueCode, valueString }) => valueCode ?? valueString ?? [])
    .find((code) => /^\d{6,12}$/.test(code))
  const home = addressOf(told === '' ? (address.text ?? '') : told, division)
  return home ? [home] : []
}
