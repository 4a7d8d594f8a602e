/** Invariants (ElementDefinition.constraint) by the path of their element: `[key, severity, expression]`. */
import { type DefinitionElement, isConcrete } from './elements.ts'
import type { DefinitionResource } from './tables.ts'

type Constraint = {
  readonly key: string
  readonly severity: string
  readonly human: string
  readonly expression?: string
}
type Row = readonly [key: string, severity: string, expression: string]

/** These two stand in the snapshot of every element; they belong to the types Element and Extension. */
const everywhere: ReadonlySet<string> = new Set(['ele-1', 'ext-1'])

/** Rows of every type, backbone and single element that has invariants of its own. */
export function invariantTable(
  structures: readonly DefinitionResource[],
): Readonly<Record<string, readonly Row[]>> {
  const table: Record<string, readonly Row[]> = {}
  for (const structure of structures.filter(isConcrete)) {
    const snapshot = structure.snapshot as { readonly element: readonly DefinitionElement[] }
    for (const element of snapshot.element) {
      const rows = rowsOf(element)
      if (rows.length > 0) table[element.path] = rows
    }
  }
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What each rule asks, in the words of the specification, by its key; a few keys name two rules, then by key and path. */
export function invariantWords(structures: readonly DefinitionResource[]): Readonly<Record<string, string>> {
  const words = new Map<string, string>()
  for (const structure of structures.filter(isConcrete)) {
    const snapshot = structure.snapshot as { readonly element: readonly DefinitionElement[] }
    for (const { path, constraint } of snapshot.element)
      for (const { key, human } of (constraint ?? []) as readonly Constraint[]) {
        const known = words.get(key)
        if (known === undefined) words.set(key, human)
        else if (known !== human) words.set(`${key} ${path}`, human)
      }
  }
  return Object.fromEntries([...words].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function rowsOf({ path, constraint }: DefinitionElement): readonly Row[] {
  const constraints = (constraint ?? []) as readonly Constraint[]
  const own = constraints.filter(
    ({ key }) => key !== 'ele-1' && (path === 'Extension' || !everywhere.has(key)),
  )
  return own.flatMap(({ key, severity, expression }) =>
    expression ? [[key, severity, expression] as const] : [],
  )
}
