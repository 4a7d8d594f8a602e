/**
 * GB 11643-1999: the citizen's identity number. Eighteen characters: division of registration (GB/T 2260), birth date,
 * order code (odd for men), check character by ISO 7064 MOD 11-2. The fifteen digits of before 1999 have a year of two
 * digits and no check. MOD 11-2 finds every single wrong digit and every swap of neighbours, so of two numbers that
 * differ by one such error at most one is valid.
 */

export type CitizenNumber = {
  /** Eighteen characters, a final X in capitals. */
  readonly number: string
  /** Whether check character and birth date fit. */
  readonly isValid: boolean
  readonly division: string
  readonly birthDate?: string
  readonly sex: 'male' | 'female'
}

const factors = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const checkCharacters = '10X98765432'

/** What an identity number says; undefined where the text has not its form. */
export function citizenNumber(text: string): CitizenNumber | undefined {
  const plain = text
    .normalize('NFKC')
    .replaceAll(/[\s\-*]/g, '')
    .toUpperCase()
  const number = /^\d{15}$/.test(plain) ? fromFifteen(plain) : plain
  if (!/^\d{17}[\dX]$/.test(number)) return undefined
  const birthDate = dateOf(number.slice(6, 14))
  const isValid = birthDate !== undefined && checkCharacter(number) === number[17]
  const sex = Number(number[16]) % 2 === 1 ? 'male' : 'female'
  return { number, isValid, division: number.slice(0, 6), sex, ...(birthDate ? { birthDate } : {}) }
}

/** The check character of the first seventeen digits. */
export function checkCharacter(body: string): string {
  const sum = factors.reduce((total, factor, index) => total + factor * Number(body[index]), 0)
  return checkCharacters[sum % 11] ?? ''
}

/** Everybody who was given fifteen digits was born in the twentieth century; 996 to 999 told of those over a hundred. */
function fromFifteen(digits: string): string {
  const century = Number(digits.slice(12)) >= 996 ? '18' : '19'
  const body = `${digits.slice(0, 6)}${century}${digits.slice(6)}`
  return `${body}${checkCharacter(body)}`
}

function dateOf(digits: string): string | undefined {
  const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
  const time = Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date ? undefined : date
}
