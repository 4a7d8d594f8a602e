/** PostgreSQL's instants are in UTC; what identity gives is in the hospital's zone, as everywhere. */
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'

/** A stored moment in the hospital's zone; undefined for null. */
export function localInstant(stored: string | null | undefined, timeZone: string): Instant | undefined {
  return stored ? instantOf(epochMs(stored), timeZone) : undefined
}
