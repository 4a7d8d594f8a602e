/** Which entries a reader asks for: exact kinds, or `record.*` for all that begin with `record.`; and of which resources. */

export type Selection = {
  readonly kinds?: readonly string[]
  readonly resourceTypes?: readonly string[]
}

type Selected = { readonly kind: string; readonly resourceType?: string }

/** True for an entry that is asked for; no kinds means all, and so do no types. */
export function matcherOf({ kinds, resourceTypes }: Selection): (entry: Selected) => boolean {
  const isOfKind = kindMatcher(kinds)
  if (!resourceTypes) return isOfKind
  const types = new Set(resourceTypes)
  return (entry) => entry.resourceType !== undefined && types.has(entry.resourceType) && isOfKind(entry)
}

function kindMatcher(kinds: readonly string[] | undefined): (entry: Selected) => boolean {
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
