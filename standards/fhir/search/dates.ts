/**
 * FHIR R4 §3.1.1.4.7 date ranges: a partial date means the whole year, month, day, minute or second. Dates without
 * offset are read in the hospital's zone.
 */
import { zoneOffsetMinutes } from '../time.ts'

/** `lowMs` belongs to the range, `highMs` is the first moment after it. */
export type DateRange = { readonly lowMs: number; readonly highMs: number }

const dateTime =
  /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/

const dayMs = 86_400_000

/** The range of a FHIR date, dateTime or instant, or of a search value (which may stop at minutes); undefined where it is none. */
export function dateRange(text: string, timeZone: string): DateRange | undefined {
  const match = dateTime.exec(text)
  if (!match) return undefined
  const year = Number(match[1])
  const month = match[2] === undefined ? 0 : Number(match[2]) - 1
  if (match[3] === undefined) {
    const [nextYear, nextMonth] = match[2] === undefined ? [year + 1, 0] : [year, month + 1]
    return {
      lowMs: localMs(utcMs(year, month, 1), timeZone),
      highMs: localMs(utcMs(nextYear, nextMonth, 1), timeZone),
    }
  }
  const day = Number(match[3])
  if (day > 28 && day > daysIn(year, month)) return undefined
  const midnight = utcMs(year, month, day)
  if (match[4] === undefined)
    return { lowMs: localMs(midnight, timeZone), highMs: localMs(midnight + dayMs, timeZone) }
  const fraction = match[7]
  const local =
    midnight + Number(match[4]) * 3_600_000 + Number(match[5]) * 60_000 + Number(match[6] ?? 0) * 1000
  const lowMs =
    atOffset(local, match[8], timeZone) + (fraction === undefined ? 0 : Math.floor(Number(fraction) * 1000))
  return { lowMs, highMs: lowMs + sizeMs(match[6], fraction) }
}

function sizeMs(seconds: string | undefined, fraction: string | undefined): number {
  if (seconds === undefined) return 60_000
  if (fraction === undefined) return 1000
  return fraction.length === 2 ? 100 : fraction.length === 3 ? 10 : 1
}

function atOffset(local: number, offset: string | undefined, timeZone: string): number {
  if (offset === undefined) return localMs(local, timeZone)
  if (offset === 'Z') return local
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))
  return offset.charCodeAt(0) === 45 ? local + minutes * 60_000 : local - minutes * 60_000
}

/** `Date.UTC` reads the years 0 to 99 as 1900 to 1999. */
function utcMs(year: number, month: number, day: number): number {
  return year >= 100 ? Date.UTC(year, month, day) : new Date(0).setUTCFullYear(year, month, day)
}

/** Days of a month counted from 0. */
export function daysIn(year: number, month: number): number {
  if (month === 1) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31
}

/** The moment at which clocks in `timeZone` show the wall time `wallMs` (written as if it were UTC). */
function localMs(wallMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return wallMs
  const guess = offsetMs(wallMs, timeZone)
  return wallMs - offsetMs(wallMs - guess, timeZone)
}

function offsetMs(ms: number, timeZone: string): number {
  return zoneOffsetMinutes(ms, timeZone) * 60_000
}
