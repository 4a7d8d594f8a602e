/** What a value is changed into, to see what it makes. A value that its map refuses shows nothing. */

/** One-letter codes of the tables that a map refuses unknown codes of (0004, 0038, 0085, 0119, 0123, 0155, 0322). */
const codes = 'F P C M I O E N A S R D X CA CM SC IP NW XO CP PA'.split(' ')
/** Trigger events that mean different things. */
const triggers = ['A01', 'A03', 'A05', 'A08', 'A11', 'A13', 'S12', 'S15']

export type Alterations = {
  /** Of the same kind as the value. */
  readonly alike: readonly string[]
  /** Other codes that its table may have. */
  readonly codes: readonly string[]
}

/** Ways to alter a value. */
export function alterationsOf(text: string, escapeMark: string): Alterations {
  if (text === '""') return { alike: [], codes: [] }
  const choices = /^[A-Z]\d\d$/.test(text) ? triggers : text.length <= 2 ? codes : []
  return { alike: alikeOf(text, escapeMark), codes: choices.filter((code) => code !== text) }
}

function alikeOf(text: string, escapeMark: string): readonly string[] {
  const last = text.slice(-1)
  if (escapeMark !== '' && text.includes(escapeMark)) return [`${text}X`]
  if (!/\d/.test(last)) return [`${text}${/\p{Script=Han}/u.test(last) ? '一' : 'X'}`]
  // The last digit may make a day or minute that does not exist, and is the end of a range; the first makes another year.
  const first = /\d/.exec(text)?.index ?? 0
  const atFirst = text.slice(0, first) + digitAfter(text.charAt(first)) + text.slice(first + 1)
  return [text.slice(0, -1) + digitAfter(last), atFirst]
}

function digitAfter(digit: string): string {
  return String((Number(digit) + 1) % 10)
}
