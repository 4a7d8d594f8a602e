/** How a destination fares, where every process and the screens see it. */
import { type Queryable, sql } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import type { QueueName } from './store.ts'

export type Health =
  | { readonly isUp: true; readonly at: Instant }
  | { readonly isUp: false; readonly at: Instant; readonly reason: string; readonly failures: number }

/** Notes that a destination took something, or could not be reached. */
export async function noteHealth(
  to: Queryable,
  { tenant, interface: id, destination }: QueueName,
  health: Health,
): Promise<void> {
  if (health.isUp) {
    await to.query(sql`
      insert into interfaces.destination as known (tenant, interface, destination, last_sent_at)
      values (${tenant}, ${id}, ${destination}, ${health.at}::timestamptz)
      on conflict (tenant, interface, destination) do update
      set last_sent_at = excluded.last_sent_at, down_since = null, failures = 0, code = null, reason = null`)
    return
  }
  await to.query(sql`
    insert into interfaces.destination as known (tenant, interface, destination, down_since, failures, reason)
    values (${tenant}, ${id}, ${destination}, ${health.at}::timestamptz, ${health.failures}, ${health.reason})
    on conflict (tenant, interface, destination) do update
    set down_since = coalesce(known.down_since, excluded.down_since), failures = excluded.failures,
      reason = excluded.reason`)
}
