/** What the explorer asks, as its address holds it: who opened this record, what did this person open, or everything. */

export const questions = ['record', 'person', 'all'] as const
export type Question = (typeof questions)[number]

/** A link with a person or a patient asks about it, without saying so. */
export function questionOf(search: URLSearchParams): Question {
  const said = questions.find((each) => each === search.get('ask'))
  if (said) return said
  return search.get('actor') && !search.get('patient') ? 'person' : 'record'
}

/** Whether the question says about whom. */
export function isComplete(question: Question, search: URLSearchParams): boolean {
  if (question === 'all') return true
  return Boolean(search.get(question === 'record' ? 'patient' : 'actor')?.trim())
}

const plainFilters = ['actor', 'action', 'resourceType', 'patient', 'outcome', 'purpose', 'address'] as const
const dayMs = 86_400_000

/** `path` with the screen's filters; "the last n days" count from midnight of the browser's day, so that the address stays equal. */
export function explorerPath(path: string, search: URLSearchParams): string {
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
