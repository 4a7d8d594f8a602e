/** Where concepts stand in the hierarchy, known as they come in where their parents came before them. */
import { type Queryable, sql } from '@xinglin/database'
import { tableId } from '../concepts/table.ts'
import type { PlacedConcept } from './read-file.ts'

/** Places of the parents, and of all above with its own; null where a parent has not come yet. */
export type Standing = {
  readonly parents: readonly number[] | null
  readonly ancestry: readonly number[] | null
}

type Known = { readonly code: string; readonly place: number; readonly ancestry: readonly number[] | null }

const unknown: Standing = { parents: null, ancestry: null }

/** One for each row, in order; looks at the parents that stand in the table already. */
export async function standingOf(
  from: Queryable,
  name: string,
  rows: readonly PlacedConcept[],
): Promise<readonly Standing[]> {
  const wanted = [...new Set(rows.flatMap(({ concept }) => concept.parents))]
  const stored =
    wanted.length === 0
      ? []
      : await from.query(sql<Known>`
          select code, place, ancestry
          from ${tableId(name)}
          where code = any (${wanted}::text[])`)
  const known = new Map<string, Known>(stored.map((each) => [each.code, each]))
  return rows.map(({ place, concept }) => {
    const standing = standingBelow(
      place,
      concept.parents.map((parent) => known.get(parent)),
    )
    known.set(concept.code, { code: concept.code, place, ancestry: standing.ancestry })
    return standing
  })
}

/** In one order, whoever finds it out: places above by their size, then its own. */
function standingBelow(place: number, parents: readonly (Known | undefined)[]): Standing {
  const above = new Set<number>()
  for (const parent of parents) {
    if (!parent?.ancestry) return unknown
    for (const each of parent.ancestry) above.add(each)
  }
  const places = parents.flatMap((parent) => parent?.place ?? [])
  const bySize = (a: number, b: number) => a - b
  return {
    parents: [...new Set(places)].sort(bySize),
    ancestry: [...[...above].sort(bySize), place],
  }
}
