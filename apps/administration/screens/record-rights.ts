/** Rights on the record as rows of ticks: `Observation.rs` is one type with read and search. */

export const verbs = ['c', 'r', 'u', 'd', 's'] as const
export type Verb = (typeof verbs)[number]
export type RecordRight = { readonly type: string; readonly verbs: readonly Verb[] }

const wordsOfVersion1: Readonly<Record<string, string>> = { '*': 'cruds', read: 'rs', write: 'cud' }

/** One row a type, verbs of several rights on it together, in the order given. */
export function parseRights(rights: readonly string[]): readonly RecordRight[] {
  const types = new Map<string, Set<Verb>>()
  for (const right of rights) {
    const dot = right.lastIndexOf('.')
    const type = right.slice(0, dot)
    const letters = wordsOfVersion1[right.slice(dot + 1)] ?? right.slice(dot + 1)
    const held = types.get(type) ?? new Set<Verb>()
    for (const verb of verbs) if (letters.includes(verb)) held.add(verb)
    types.set(type, held)
  }
  return [...types].map(([type, held]) => ({ type, verbs: verbs.filter((verb) => held.has(verb)) }))
}

/** The rights of rows; a row without a tick gives none. */
export function formatRights(rows: readonly RecordRight[]): readonly string[] {
  return rows.filter((row) => row.verbs.length > 0).map((row) => `${row.type}.${row.verbs.join('')}`)
}

/** The row with one tick turned. */
export function toggled(row: RecordRight, verb: Verb): RecordRight {
  const has = row.verbs.includes(verb)
  return { type: row.type, verbs: verbs.filter((one) => (one === verb ? !has : row.verbs.includes(one))) }
}
