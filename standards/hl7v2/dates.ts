/**
 * HL7 v2.5.1 §2.A.22 DTM (and the older TS): `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`, read into FHIR R4 dates
 * and dateTimes of the same precision (R4 §2.24.0.1). FHIR wants an offset beside every time of day, so the zone of the
 * hospital fills in where the sender gives none.
 */

/** Minutes that the hospital is ahead of UTC at a local time of day, given as milliseconds as if it were UTC. */
export type LocalOffset = (localMs: number) => number

const pattern = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,4}))?)?)?)?)?)?([+-]\d{4})?$/

/** A FHIR dateTime (`2026`, `2026-11`, `2026-11-22`, `2026-11-22T17:00:00+08:00`); undefined where the text is no DTM. */
export function fhirDateTime(text: string, offset: LocalOffset): string | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const [, year = '', month, day, hour, minute = '00', second = '00', fraction, zone] = match
  const date = dateOf(year, month, day)
  if (date === undefined || hour === undefined) return date
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (zone !== undefined && (Number(zone.slice(1, 3)) > 14 || Number(zone.slice(3)) > 59)) return undefined
  const time = `${hour}:${minute}:${second}${fraction === undefined ? '' : `.${fraction}`}`
  return `${date}T${time}${zone === undefined ? localZone(date, time, offset) : `${zone.slice(0, 3)}:${zone.slice(3)}`}`
}

/** A FHIR date: the day of a DTM, or less where it says less; undefined where the text is no DTM. */
export function fhirDate(text: string, offset: LocalOffset): string | undefined {
  return fhirDateTime(text, offset)?.slice(0, 10)
}

/** A FHIR instant; undefined where the DTM has no time of day. */
export function fhirInstant(text: string, offset: LocalOffset): string | undefined {
  const dateTime = fhirDateTime(text, offset)
  return dateTime?.includes('T') ? dateTime : undefined
}

/** A FHIR time (`08:30:00`) of §2.A.75 TM, whose offset FHIR cannot hold; undefined where the text is no TM. */
export function fhirTime(text: string): string | undefined {
  const match = /^(\d\d)(?:(\d\d)(?:(\d\d)(\.\d{1,4})?)?)?(?:[+-]\d{4})?$/.exec(text)
  const [, hour = '', minute = '00', second = '00', fraction = ''] = match ?? []
  if (!match || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  return `${hour}:${minute}:${second}${fraction}`
}

/** DTM of a FHIR instant or dateTime, to the second, with its offset. */
export function hl7DateTime(instant: string): string {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(instant)
  if (!match) return instant.replaceAll('-', '')
  const zone = match[7] === 'Z' ? '+0000' : (match[7]?.replace(':', '') ?? '')
  return match.slice(1, 7).join('') + zone
}

/** `LocalOffset` of an IANA zone, for example `Asia/Shanghai`. */
export function zoneOffset(timeZone: string): LocalOffset {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const offsetAt = (epochMs: number): number => {
    const name = format.formatToParts(epochMs).find((each) => each.type === 'timeZoneName')?.value ?? ''
    const match = /GMT([+-])(\d\d):(\d\d)/.exec(name)
    const minutes = match ? Number(match[2]) * 60 + Number(match[3]) : 0
    return match?.[1] === '-' ? -minutes : minutes
  }
  // Intl costs microseconds and messages repeat the same hours; zones change on whole quarters of an hour.
  const kept = new Map<number, number>()
  return (localMs) => {
    const quarter = Math.floor(localMs / 900_000)
    let offset = kept.get(quarter)
    if (offset === undefined) {
      const guess = offsetAt(localMs)
      offset = offsetAt(localMs - guess * 60_000)
      if (kept.size >= 10_000) kept.clear()
      kept.set(quarter, offset)
    }
    return offset
  }
}

function dateOf(year: string, month: string | undefined, day: string | undefined): string | undefined {
  if (year === '0000') return undefined
  if (month === undefined) return year
  if (Number(month) < 1 || Number(month) > 12) return undefined
  if (day === undefined) return `${year}-${month}`
  // Day 0 of the next month is the last day of this one.
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return Number(day) < 1 || Number(day) > days ? undefined : `${year}-${month}-${day}`
}

function localZone(date: string, time: string, offset: LocalOffset): string {
  const minutes = offset(Date.parse(`${date}T${time.slice(0, 8)}Z`))
  const size = Math.abs(minutes)
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`
}
