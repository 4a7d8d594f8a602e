/** The address of a report under the time that the screen asks for. */

const dayMs = 86_400_000

/** The last so many days, counted from midnight of the browser's day so that the address stays equal; else everything. */
export function reportPath(patient: string, search: URLSearchParams, kind = ''): string {
  const path = `/api/audit/reports/${encodeURIComponent(patient)}${kind}`
  const days = Number(search.get('days'))
  if (!(days > 0)) return path
  const midnight = new Date()
  midnight.setHours(0, 0, 0, 0)
  const from = new Date(midnight.getTime() - days * dayMs).toISOString()
  return `${path}?${new URLSearchParams({ from })}`
}
