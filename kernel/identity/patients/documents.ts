/**
 * Papers by which a patient says who he is: GB 11643-1999 resident identity number (the residence permit of people from Hong
 * Kong, Macau and Taiwan has the same form), passport, and the permits to enter the mainland.
 */
import { invalid } from '@xinglin/fhir'

/** Each kind with the form of its number and the codes (HL7 table 0203) under which records keep it. */
export const documentKinds = {
  'identity-card': { form: /^\d{17}[\dX]$/, codes: ['NI', 'NNCHN', 'SB'] },
  passport: { form: /^[A-Z0-9]{6,12}$/, codes: ['PPN'] },
  /** 港澳居民来往内地通行证 */
  'hong-kong-macau-permit': { form: /^[HMC]\d{8,10}$/, codes: ['HC', 'NI', 'TRL'] },
  /** 台湾居民来往大陆通行证 */
  'taiwan-permit': { form: /^\d{8}(?:\d{2})?$/, codes: ['TC', 'NI', 'TRL'] },
  /** 外国人永久居留身份证 */
  'permanent-residence': { form: /^(?:[A-Z]{3}\d{12}|9\d{16}[\dX])$/, codes: ['PRC', 'NI'] },
} as const

export type DocumentKind = keyof typeof documentKinds

/** Whether a text names a kind of paper. */
export function isDocumentKind(text: string): text is DocumentKind {
  return Object.hasOwn(documentKinds, text)
}

/** The number in one form; throws `invalid` (`patients.document`) where it cannot be one of its kind. */
export function documentNumber(kind: DocumentKind, written: string): string {
  const number = written.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase()
  const isWhole = documentKinds[kind].form.test(number) && (number.length !== 18 || hasRightCheck(number))
  if (isWhole) return number
  throw invalid('this number cannot be right: look at the paper again', {
    code: 'patients.document',
    at: 'number',
  })
}

/** ISO 7064:1983 MOD 11-2 (GB 11643-1999 §4.2), and a day that the calendar has. */
function hasRightCheck(number: string): boolean {
  const sum = [...number.slice(0, 17)].reduce((total, digit, place) => {
    const weight = 2 ** (17 - place) % 11
    return total + Number(digit) * weight
  }, 0)
  if (number.at(17) !== '10X98765432'.charAt(sum % 11)) return false
  const day = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  const time = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

/** A name without what people write differently: blanks, the dot within names, case. */
export function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\s·・.•]/g, '')
    .toLowerCase()
}
