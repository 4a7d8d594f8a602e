/** Token buckets that all processes of an installation share, as rows of PostgreSQL: a process leases tokens and then spends them alone. */
import { type Database, sql } from '@xinglin/database'

export type Rate = {
  readonly perSecond: number
  /** Tokens of a full bucket. */
  readonly burst: number
}

export type Lease = {
  /** Whole tokens, up to those that were wanted. */
  readonly tokens: number
  /** Where it is none: milliseconds until the next one. */
  readonly waitMs: number
}

export interface Allowances {
  /** Takes up to `want` tokens from the bucket of a key, which is full where it is new. */
  lease(key: string, rate: Rate, want: number): Promise<Lease>
}

/** Between two removals of buckets that are long full again. */
const leasesBetweenSweeps = 1_000
const longestKey = 200

export function createAllowances({ database }: { readonly database: Database }): Allowances {
  let leases = 0
  return {
    async lease(key, rate, want) {
      leases += 1
      if (leases % leasesBetweenSweeps === 0) await sweep(database)
      const [row] = await database.query(leaseOf(key.slice(0, longestKey), rate, want))
      const { given = 0, tokens = 0 } = row ?? {}
      return { tokens: given, waitMs: given > 0 ? 0 : ((1 - tokens) / rate.perSecond) * 1_000 }
    },
  }
}

/** One statement, one row locked: processes that lease at once take turns. Time is PostgreSQL's, so that no clock differs. */
const leaseOf = (key: string, { perSecond, burst }: Rate, want: number) => sql<{
  given: number
  tokens: number
}>`
  insert into identity.allowance as held (key, tokens, at, given)
  values (
    ${key}, ${burst}::double precision - least(${want}::integer, ${burst}::double precision), clock_timestamp(),
    least(${want}::integer, floor(${burst}::double precision))::integer)
  on conflict (key) do update
  set (tokens, given, at) = (
    select filled.tokens - filled.given, filled.given, greatest(held.at, excluded.at)
    from (
      select level.tokens, least(${want}::integer, floor(level.tokens))::integer as given
      from (
        select least(
          ${burst}::double precision,
          held.tokens + greatest(0, extract(epoch from excluded.at - held.at)) * ${perSecond}::double precision
        ) as tokens
      ) as level
    ) as filled
  )
  returning given, tokens`

/** Buckets that nobody leased from for an hour: every rate here fills its bucket in a minute. */
async function sweep(database: Database): Promise<void> {
  await database.query(sql`
    delete from identity.allowance
    where at < clock_timestamp() - interval '1 hour'`)
}
