/** A wall-clock time of the hospital as a FHIR instant, for fields of the kind `datetime-local`. */

const minuteMs = 60_000

/** The instant of `2026-11-23T08:30` on the clocks of an IANA zone, in UTC; undefined where it is no such time. */
export function instantAt(wall: string, zone: string): string | undefined {
  const asUtcMs = Date.parse(`${wall}Z`)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(wall) || Number.isNaN(asUtcMs)) return undefined
  // Once more from the first result: around a change of the clocks the offset there is the one that counts.
  const firstMs = asUtcMs - offsetMs(asUtcMs, zone)
  return new Date(asUtcMs - offsetMs(firstMs, zone)).toISOString()
}

/** How far the clocks of a zone are ahead of UTC at an instant. */
function offsetMs(atMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(atMs)
  const field = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  const wall = `${field('year')}-${field('month')}-${field('day')}T${field('hour')}:${field('minute')}Z`
  return Date.parse(wall) - Math.floor(atMs / minuteMs) * minuteMs
}
