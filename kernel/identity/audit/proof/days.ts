/** The chain day by day: how many seals and entries, which days have a signed head, and where numbers of seals are missing. */
import { type Queryable, sql } from '@xinglin/database'

export type ProofDay = {
  /** `2026-03-02`, of the hospital's clock. */
  readonly day: string
  readonly seals: number
  readonly entries: number
  /** Heads of this day that are signed. */
  readonly signed: number
  /** Numbers of seals that are not there, within the day and since the day before. */
  readonly missing: number
}

/** Days of a month (`2026-03`) on which something was sealed, oldest first. */
export function proofDays(
  from: Queryable,
  { month, timeZone }: { readonly month: string; readonly timeZone: string },
): Promise<readonly ProofDay[]> {
  const first = sql`(${`${month}-01`}::timestamp at time zone ${timeZone})`
  const past = sql`((${`${month}-01`}::timestamp + interval '1 month') at time zone ${timeZone})`
  return from.query(sql<ProofDay>`
    select day, seals, entries, signed,
      (last - first + 1 - seals + greatest(first - coalesce(
        lag(last) over (order by day), (select max(number) from trail.seal where number < days.first), 0) - 1, 0))::float8 as missing
    from (
      select to_char(seal.at at time zone ${timeZone}, 'YYYY-MM-DD') as day, count(*)::float8 as seals,
        sum(octet_length(entries) / 56)::float8 as entries, count(head.seal)::float8 as signed,
        min(number) as first, max(number) as last
      from trail.seal as seal left join trail.head as head on head.seal = number
      where seal.at >= ${first} and seal.at < ${past}
      group by 1
    ) as days
    order by day`)
}
