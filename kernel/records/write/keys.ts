/** Keys for new resources, taken from the sequence a block at a time: one round trip for a thousand creates. */
import { type Database, sql } from '@xinglin/database'

/** Equal to the increment of the sequence `records.key`. */
const keysPerBlock = 1024n

/** Gives the next keys of this process; those of an unfinished block are left unused when it ends. */
export type TakeKeys = (count: number) => Promise<readonly bigint[]>

export function createKeys(database: Database): TakeKeys {
  let next = 0n
  let end = 0n
  let fetching: Promise<void> | undefined

  const fetchBlock = async () => {
    const [row] = await database.query(sql<{ start: string }>`select nextval('records.key')::text as start`)
    next = BigInt(row?.start ?? 0)
    end = next + keysPerBlock
  }

  return async (count) => {
    const keys: bigint[] = []
    while (keys.length < count) {
      while (keys.length < count && next < end) {
        keys.push(next)
        next += 1n
      }
      if (keys.length === count) break
      fetching ??= fetchBlock().finally(() => {
        fetching = undefined
      })
      await fetching
    }
    return keys
  }
}
