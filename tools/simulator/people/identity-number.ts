/** GB 11643-1999: the citizen's identity number, its parts and its check character (ISO 7064 MOD 11-2). */
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const checkCharacters = '10X98765432'

/** The check character of the first 17 digits. */
export function checkCharacter(body: string): string {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(body[index]), 0)
  return checkCharacters[sum % 11] ?? ''
}

/** An 18-character number: 6-digit division, birth date, 3-digit order code (odd for men), check character. */
export function identityNumber(person: {
  readonly divisionCode: string
  readonly birthDate: string
  readonly orderCode: number
}): string {
  const body = `${person.divisionCode}${person.birthDate.replaceAll('-', '')}${String(person.orderCode).padStart(3, '0')}`
  return body + checkCharacter(body)
}

/** Whether a number has 18 characters and its check character fits. */
export function isIdentityNumber(number: string): boolean {
  return /^\d{17}[\dX]$/.test(number) && checkCharacter(number.slice(0, 17)) === number[17]
}
