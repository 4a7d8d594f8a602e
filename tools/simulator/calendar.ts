/** Days and moments of the simulation, in the hospital's zone (China Standard Time, UTC+8 without daylight saving). */

/** `YYYY-MM-DD`. */
export type Day = string
/** Milliseconds since 1970 UTC. */
export type Moment = number

const dayMs = 86_400_000
const zoneMs = 8 * 3_600_000

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10)
}

/** The moment at `minute` of the day (0 to 1439) on `day`. */
export function momentOn(day: Day, minute: number): Moment {
  return Date.parse(day) - zoneMs + minute * 60_000
}

export function dayOf(moment: Moment): Day {
  return new Date(moment + zoneMs).toISOString().slice(0, 10)
}

/** Whole years from `birthDate` to `moment`. */
export function ageYears(birthDate: Day, moment: Moment): number {
  const on = dayOf(moment)
  const years = Number(on.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return on.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** HL7 v2.5.1 §2.A.22 DTM with offset: `20261122093000+0800`. */
export function hl7Time(moment: Moment): string {
  return `${new Date(moment + zoneMs).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}+0800`
}

/** FHIR dateTime: `2026-11-22T09:30:00+08:00`. */
export function fhirTime(moment: Moment): string {
  return `${new Date(moment + zoneMs).toISOString().slice(0, 19)}+08:00`
}
