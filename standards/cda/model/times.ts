/** HL7 v3 TS (`YYYYMMDDHHMMSS.ffff±ZZZZ`) to FHIR date and dateTime, and back. */

const written =
  /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,6})?)?)?)?)?)?([+-]\d{2}:?\d{2})?$/

/** Whether a text is a time as HL7 v3 writes it and names a day of the calendar. */
export function isTime(text: string): boolean {
  const parts = written.exec(text)
  if (!parts) return false
  const [, , month = '01', day = '01', hour = '00', minute = '00', second = '00'] = parts
  const days = new Date(Date.UTC(Number(parts[1]), Number(month), 0)).getUTCDate()
  return (
    Number(month) >= 1 &&
    Number(month) <= 12 &&
    Number(day) >= 1 &&
    Number(day) <= days &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 60
  )
}

/** FHIR dateTime; a time of day without a zone gets `offset` (`+08:00`). Undefined for what is no time. */
export function dateTimeOf(text: string | undefined, offset: string): string | undefined {
  if (!text || !isTime(text)) return undefined
  const [, year, month, day, hour, minute = '00', second = '00', zone] = written.exec(text) ?? []
  const date = [year, month, day].filter(Boolean).join('-')
  if (!hour || !day) return date
  const said = zone ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : offset
  return `${date}T${hour}:${minute}:${second}${said}`
}

/** The day of a time; undefined for what is no time. */
export function dateOf(text: string | undefined): string | undefined {
  return dateTimeOf(text, 'Z')?.slice(0, 10)
}

/** A FHIR date, dateTime or instant as HL7 v3 writes it; fractions of seconds are left out. */
export function timeOf(dateTime: string | undefined): string | undefined {
  if (!dateTime) return undefined
  const [date = '', clock] = dateTime.split('T')
  const day = date.replaceAll('-', '')
  if (!clock) return day
  const [, time = '', zone = ''] = /^([\d:]+)(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(clock) ?? []
  return `${day}${time.replaceAll(':', '')}${zone === 'Z' ? '+0000' : zone.replace(':', '')}`
}
