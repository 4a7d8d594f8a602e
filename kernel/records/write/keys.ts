/** Keys for new resources, taken from the sequence a block at a time: one round trip for a thousand creates. */
import { type Queryable, sql } from '@xinglin/database'

/** Equal to the increment of the sequence `records.key`. */
const keysPerBlock = 1024

/**
 * Gives the next keys of this process. Blocks are fetched over the caller's own connection: another one of the pool may
 * never come free while all callers wait for it. Keys of a transaction that rolls back, or of a process that ends, are
 * left unused.
 */
export type TakeKeys = (over: Queryable, count: number) => Promise<readonly bigint[]>

/** The keys of one process. */
export function createKeys(): TakeKeys {
  let spare: readonly bigint[] = []

  return async (over, count) => {
    const kept = spare.slice(0, count)
    spare = spare.slice(count)
    if (kept.length === count) return kept
    const blocks = Math.ceil((count - kept.length) / keysPerBlock)
    const rows = await over.query(sql<{ start: string }>`
      select nextval('records.key')::text as start
      from generate_series(1, ${blocks}::integer)`)
    const fetched = rows.flatMap(({ start }) => blockFrom(BigInt(start)))
    const missing = count - kept.length
    spare = [...spare, ...fetched.slice(missing)]
    return [...kept, ...fetched.slice(0, missing)]
  }
}

function blockFrom(start: bigint): readonly bigint[] {
  return Array.from({ length: keysPerBlock }, (_, index) => start + BigInt(index))
}
