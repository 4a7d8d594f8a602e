/**
 * `_asOf`: the end of a FHIR date, dateTime or instant. `2026-03-02` is the end of that day in the hospital's zone, an
 * instant to the millisecond includes what was written in that millisecond.
 */
import { invalid, type OutcomeError } from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'

/** The parameter that asks for the past. */
export const asOfParameter = '_asOf'

/** The first moment in ms since 1970 UTC that no longer belongs to the past that is asked for; throws `invalid`. */
export function asOfBeforeMs(
  written: string,
  { timeZone, nowMs }: { readonly timeZone: string; readonly nowMs: number },
): number {
  // A `+` that was not encoded arrives as a space.
  const range = dateRange(written.replace(' ', '+'), timeZone)
  if (!range) throw badInstant('must be a FHIR date, dateTime or instant')
  if (range.lowMs > nowMs) throw badInstant('lies in the future; leave it out to see what stands now')
  return range.highMs
}

/** The refusal of a value of `_asOf`. */
export function badInstant(why: string): OutcomeError {
  return invalid(`${asOfParameter} ${why}`, { code: 'records.as-of', at: asOfParameter })
}
