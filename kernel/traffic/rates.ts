/** What each door did lately: counts and latency percentiles for the Connections screen and the metrics. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Door, DoorRate } from './traffic.ts'

const doors: readonly Door[] = ['hl7v2', 'fhir', 'dicom', 'interface']

type RateRow = {
  readonly door: Door
  readonly received: number
  readonly accepted: number
  readonly refused: number
  readonly latencyP50Ms: number | null
  readonly latencyP95Ms: number | null
  readonly lastMs: number | null
}

/** Rates by door over the last `minutes`; a door without traffic is listed with zeros. */
export async function ratesByDoor(
  queryable: Queryable,
  runtime: Runtime,
  options: { tenant: TenantId; minutes: number },
): Promise<readonly DoorRate[]> {
  const rows = await queryable.query(sql<RateRow>`
    select
      m.door,
      count(*)::integer as received,
      (count(*) filter (where s.outcome = 'accepted'))::integer as accepted,
      (count(*) filter (where s.outcome = 'refused'))::integer as refused,
      percentile_cont(0.5) within group (order by s.latency_ms) as "latencyP50Ms",
      percentile_cont(0.95) within group (order by s.latency_ms) as "latencyP95Ms",
      (extract(epoch from max(m.received_at)) * 1000)::float8 as "lastMs"
    from traffic.message m
    left join traffic.settlement s on s.message = m.id
    where m.tenant = ${options.tenant}
      and m.received_at > ${runtime.now()}::timestamptz - make_interval(mins => ${options.minutes})
    group by m.door`)
  const byDoor = new Map(rows.map((row) => [row.door, row]))
  return doors.map((door) => rateOf(door, byDoor.get(door), runtime.timeZone))
}

function rateOf(door: Door, row: RateRow | undefined, timeZone: string): DoorRate {
  if (!row) return { door, received: 0, accepted: 0, refused: 0 }
  return {
    door,
    received: row.received,
    accepted: row.accepted,
    refused: row.refused,
    ...(row.latencyP50Ms === null ? {} : { latencyP50Ms: row.latencyP50Ms }),
    ...(row.latencyP95Ms === null ? {} : { latencyP95Ms: row.latencyP95Ms }),
    ...(row.lastMs === null ? {} : { lastAt: instantOf(Math.round(row.lastMs), timeZone) }),
  }
}
