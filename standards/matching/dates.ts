/**
 * Birth dates and their plausible errors: day and month swapped, one digit wrong, the day of the Chinese calendar written
 * where the Gregorian one belongs, only the year known. Dates are FHIR dates: YYYY, YYYY-MM or YYYY-MM-DD.
 */

/** Worst last: `same` day, `plausible` slip, `year` agrees and nothing contradicts it, `close` years, `different`. */
export const dateLevels = ['same', 'plausible', 'year', 'close', 'different'] as const
export type DateLevel = (typeof dateLevels)[number]

/** Ages are told wrong by this much where nobody knows the date. */
const closeYears = 2

/** How two birth dates compare; either may be partial. */
export function compareDates(left: string, right: string): DateLevel {
  if (left === right) return left.length === 10 ? 'same' : 'year'
  const [year, otherYear] = [left.slice(0, 4), right.slice(0, 4)]
  const isWhole = left.length === 10 && right.length === 10
  if (isWhole && (isOneSlip(left, right) || isSwapped(left, right) || isLunar(left, right)))
    return 'plausible'
  if (year === otherYear) {
    if (!isWhole && (left.startsWith(right) || right.startsWith(left))) return 'year'
    return isWhole ? 'close' : 'year'
  }
  return Math.abs(Number(year) - Number(otherYear)) <= closeYears && !isWhole ? 'close' : 'different'
}

function isOneSlip(left: string, right: string): boolean {
  const wrong = Array.from(left).flatMap((character, index) => (character === right[index] ? [] : [index]))
  const [first, second] = wrong
  if (wrong.length === 1) return true
  if (wrong.length !== 2 || first === undefined || second === undefined) return false
  // Neighbouring digits swapped; a dash may stand between them.
  return second - first <= 2 && left[first] === right[second] && left[second] === right[first]
}

function isSwapped(left: string, right: string): boolean {
  const [year, month, day] = left.split('-')
  return month !== day && right === `${year}-${day}-${month}`
}

function isLunar(left: string, right: string): boolean {
  // The Chinese year trails the Gregorian one, so only dates within two months can be one day told twice.
  const apartDays = Math.abs(Date.parse(left) - Date.parse(right)) / 86_400_000
  if (Number.isNaN(apartDays) || apartDays < 15 || apartDays > 60) return false
  return lunarDate(left) === right || lunarDate(right) === left
}

const chineseCalendar = new Intl.DateTimeFormat('en-u-ca-chinese', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
})

// 40,000 days at most are birth dates; asking the calendar each time costs 6 µs, a tenth of a scan.
const knownLunar = new Map<string, string>()

/** A Gregorian day in the Chinese calendar, written as if it were a Gregorian date; undefined where it is no date. */
export function lunarDate(day: string): string | undefined {
  const known = knownLunar.get(day)
  if (known !== undefined) return known
  const lunar = lunarDateOf(day)
  if (lunar !== undefined) knownLunar.set(day, lunar)
  return lunar
}

function lunarDateOf(day: string): string | undefined {
  const time = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(time)) return undefined
  const parts = new Map<string, string>(
    chineseCalendar.formatToParts(new Date(time)).map(({ type, value }) => [type, value]),
  )
  // A leap month is written as its number with "bis"; people tell the number alone.
  const [year, month, date] = [
    parts.get('relatedYear'),
    parts.get('month')?.replace('bis', ''),
    parts.get('day'),
  ]
  return year && month && date ? `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}` : undefined
}
