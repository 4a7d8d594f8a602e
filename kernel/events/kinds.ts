/** Which entries a reader asks for: exact kinds, or `record.*` for all that begin with `record.`. */

/** True for an entry whose kind is asked for; no kinds means all. */
export function kindMatcher(
  kinds: readonly string[] | undefined,
): (entry: { readonly kind: string }) => boolean {
  if (!kinds || kinds.length === 0) return () => true
  const exact = new Set(kinds.filter((kind) => !kind.endsWith('*')))
  const prefixes = kinds.filter((kind) => kind.endsWith('*')).map((kind) => kind.slice(0, -1))
  return ({ kind }) => exact.has(kind) || prefixes.some((prefix) => kind.startsWith(prefix))
}

/** The same as LIKE patterns for PostgreSQL. */
export function kindPatterns(kinds: readonly string[] | undefined): readonly string[] {
  if (!kinds || kinds.length === 0) return ['%']
  return kinds.map((kind) => {
    const literal = (kind.endsWith('*') ? kind.slice(0, -1) : kind).replace(/[\\%_]/g, '\\$&')
    return kind.endsWith('*') ? `${literal}%` : literal
  })
}
