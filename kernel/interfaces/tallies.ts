/** What each part of an interface did, by the minute: written with what it counts, read for screens. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Tally } from './interfaces.ts'

/** A screen shows this much. */
const spanMs = 60 * 60_000
const lateMs = 5 * 60_000

export const nothing: Tally = { done: 0, refused: 0, doneLately: 0 }

/** Counts what a source gave, with the commit that settles it. */
export function countTaken(
  transaction: Transaction,
  from: { readonly tenant: TenantId; readonly interface: string; readonly at: Instant },
  { done, refused }: { readonly done: number; readonly refused: number },
): void {
  transaction.send(sql`
    insert into interfaces.tally as known
      (tenant, interface, destination, minute, done, refused, lag_ms_sum, lag_ms_most)
    values
      (${from.tenant}, ${from.interface}, '', date_trunc('minute', ${from.at}::timestamptz), ${done}, ${refused}, 0, 0)
    on conflict (tenant, interface, destination, minute) do update
    set done = known.done + excluded.done, refused = known.refused + excluded.refused`)
}

type Row = {
  readonly interface: string
  readonly destination: string
  readonly done: number
  readonly refused: number
  readonly lately: number
  readonly meanMs: number | null
  readonly mostMs: number | null
}

/** Of the last hour; of the source under the destination ''. */
export async function readTallies(
  from: Queryable,
  runtime: Runtime,
  tenant: TenantId,
): Promise<(id: string, destination: string) => Tally> {
  const nowMs = epochMs(runtime.now())
  const since = (ms: number) => instantOf(nowMs - ms, runtime.timeZone)
  const rows = await from.query(sql<Row>`
    select
      interface, destination, sum(done)::float8 as done, sum(refused)::float8 as refused,
      coalesce(sum(done) filter (where minute > ${since(lateMs)}::timestamptz), 0)::float8 as lately,
      (sum(lag_ms_sum) / nullif(sum(done + refused), 0))::float8 as "meanMs",
      max(lag_ms_most)::float8 as "mostMs"
    from interfaces.tally
    where tenant = ${tenant} and minute > ${since(spanMs)}::timestamptz
    group by interface, destination`)
  const tallies = new Map(rows.map((row) => [`${row.interface}/${row.destination}`, tallyOf(row)]))
  return (id, destination) => tallies.get(`${id}/${destination}`) ?? nothing
}

function tallyOf({ destination, done, refused, lately, meanMs, mostMs }: Row): Tally {
  return {
    ...{ done, refused, doneLately: lately },
    ...(destination === '' || meanMs === null || mostMs === null
      ? {}
      : { lagMeanMs: Math.round(meanMs), lagMostMs: mostMs }),
  }
}
