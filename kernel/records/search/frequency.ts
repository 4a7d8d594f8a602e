/**
 * How frequent terms are, as PostgreSQL's own statistics know it. The planner would use them too, but it takes the type
 * of a resource for independent of its terms, and then reads the type's whole index beside the terms': 11 of 23 ms among
 * 110,000 Observations, and growing with the store. So the way is chosen here and the other one hidden from it.
 */
import { type Queryable, sql } from '@xinglin/database'
import type { Space } from '../index/space.ts'

/** Statistics change when `analyze` runs, which is every minute at most. */
const keptForMs = 60_000

export interface Frequencies {
  /** Rows of the space, and how many of them have all of the given alternatives of terms, taken as independent. */
  estimate(
    from: Queryable,
    space: Space,
    terms: readonly (readonly bigint[])[],
  ): Promise<{ readonly rows: number; readonly matches: number }>
}

type Statistics = {
  readonly rows: number
  readonly typeShares: ReadonlyMap<string, number>
  readonly termShares: ReadonlyMap<bigint, number>
  readonly readAtMs: number
}

/** Frequencies of one process, read again each minute. */
export function createFrequencies(): Frequencies {
  let known: Statistics | undefined
  return {
    async estimate(from, { type }, terms) {
      if (!known || performance.now() - known.readAtMs > keptForMs) known = await readStatistics(from)
      const statistics = known
      const share = terms
        .map((alternatives) =>
          alternatives.reduce((sum, term) => sum + (statistics.termShares.get(term) ?? 0), 0),
        )
        .reduce((product, each) => product * Math.min(each, 1), 1)
      const { rows, typeShares } = statistics
      const rowsOfType = rows * (typeShares.get(type) ?? 0)
      // Terms tell of a type already: two of them halve the rows of their type, not of all.
      const corrected =
        rowsOfType === 0 ? 0 : share / ((rowsOfType / rows) ** Math.max(terms.length - 1, 0) || 1)
      return { rows: rowsOfType, matches: rows * Math.min(corrected, rowsOfType / (rows || 1)) }
    },
  }
}

type Row = {
  readonly name: string
  readonly values: readonly string[] | null
  readonly shares: readonly number[] | null
  readonly rows: number
}

async function readStatistics(from: Queryable): Promise<Statistics> {
  const rows = await from.query(sql<Row>`
    select
      attname as name, class.reltuples as rows,
      case when attname = 'terms' then most_common_elems::text::text[] else most_common_vals::text::text[] end as values,
      case when attname = 'terms' then most_common_elem_freqs else most_common_freqs end as shares
    from pg_stats as stats
    join pg_class as class on class.oid = 'records.current'::regclass
    where schemaname = 'records' and tablename = 'current' and attname in ('terms', 'type')`)
  const sharesOf = (name: string) => {
    const found = rows.find((row) => row.name === name)
    return (found?.values ?? []).map((value, index) => [value, found?.shares?.[index] ?? 0] as const)
  }
  return {
    rows: Math.max(rows[0]?.rows ?? 0, 0),
    typeShares: new Map(sharesOf('type')),
    termShares: new Map(sharesOf('terms').map(([term, share]) => [BigInt(term), share])),
    readAtMs: performance.now(),
  }
}
