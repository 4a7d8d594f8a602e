/** The address of the audit trail under the filters of the screen. */

const plainFilters = ['actor', 'action', 'resourceType', 'patient', 'outcome'] as const
const dayMs = 86_400_000

/** `path` with the screen's filters; "the last n days" count from midnight of the browser's day, so that the address stays equal. */
export function auditPath(path: string, search: URLSearchParams): string {
  const query = new URLSearchParams()
  for (const filter of plainFilters) {
    const value = search.get(filter)?.trim()
    if (value) query.set(filter, value)
  }
  const days = Number(search.get('days'))
  const from = days > 0 ? midnightBefore(days - 1) : search.get('from')
  if (from) query.set('from', from)
  const until = search.get('until')
  if (until) query.set('until', until)
  return query.size === 0 ? path : `${path}?${query}`
}

function midnightBefore(days: number): string {
  const midnight = new Date()
  midnight.setHours(0, 0, 0, 0)
  return new Date(midnight.getTime() - days * dayMs).toISOString()
}
