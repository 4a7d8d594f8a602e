/** Before a chained search: which of its inner searches find so few that the whole can start from them. */
import { type Queryable, sql } from '@xinglin/database'
import type { ParameterQuery } from '@xinglin/fhir/search'
import { conditionOf, type FewInner, inner, inSpace, type Subject } from './conditions.ts'
import { innersOf } from './within.ts'

/** A list this long is looked up in some milliseconds; beyond it each resource is asked what it refers to. */
const mostFew = 1_000

/** Asks each inner search, deepest first, whether it finds more than `mostFew`. */
export async function findFew(
  from: Queryable,
  queries: readonly ParameterQuery[],
  subject: Subject,
): Promise<FewInner> {
  const few = new Set<ParameterQuery>()
  const isFew: FewInner = (query) => few.has(query)
  const look = async (query: ParameterQuery, at: Subject): Promise<void> => {
    for (const { type, query: next } of innersOf(query)) {
      if (type === undefined) {
        await look(next, at)
        continue
      }
      const target = inner(at, type, next)
      await look(next, target)
      const [row] = await from.query(sql<{ found: number }>`
        select count(*)::integer as found
        from (
          select from records.current as ${target.alias}
          where ${inSpace(target)} and ${conditionOf(next, target, isFew)}
          limit ${mostFew + 1}
        ) as counted`)
      if (row && row.found <= mostFew) few.add(next)
    }
  }
  for (const query of queries) await look(query, subject)
  return isFew
}
