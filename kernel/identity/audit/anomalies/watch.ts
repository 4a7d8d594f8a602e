/** Looking for what stands out without being asked, so that who judges it is told: each anomaly is told of once. */
import { type Queryable, sql } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import { type Instant, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { type AnomalyParts, findAnomalies } from './find-anomalies.ts'

const dayMs = 86_400_000
/** A night that began yesterday is whole in it. */
const looksBackMs = 2 * dayMs
/** What nobody has judged for so long is no news. */
const countsBackDays = 31

export const anomalyFound = 'audit.anomaly-found'
export const anomalyReviewed = 'audit.anomaly-reviewed'

type Parts = AnomalyParts & { readonly events: EventLog; readonly runtime: Runtime }

/** Looks through the last two days of every institution; answers how many are new, each of which stands in the log. */
export async function watchAnomalies(parts: Parts): Promise<number> {
  const { database, runtime } = parts
  const untilMs = Date.parse(runtime.now()) + 1
  const window = {
    from: instantOf(untilMs - looksBackMs, runtime.timeZone),
    until: instantOf(untilMs, runtime.timeZone),
  }
  const tenants = await database.query(sql<{ id: TenantId }>`select id from identity.tenant order by id`)
  let count = 0
  for (const { id: tenant } of tenants) {
    const found = await findAnomalies(parts, { tenant, ...window })
    const waiting = found.filter(({ review }) => !review).map(({ id }) => id)
    count += await tell(parts, tenant, waiting)
  }
  return count
}

async function tell(
  { database, events, runtime }: Parts,
  tenant: TenantId,
  anomalies: readonly string[],
): Promise<number> {
  if (anomalies.length === 0) return 0
  return database.transaction(async (transaction) => {
    const fresh = await transaction.query(sql<{ anomaly: string }>`
      insert into trail.anomaly_notice (tenant, anomaly, at)
      select ${tenant}, anomaly, ${runtime.now()}::timestamptz
      from unnest(${anomalies}::text[]) as anomaly
      on conflict do nothing
      returning anomaly`)
    if (fresh.length > 0)
      events.append(transaction, { tenant, actor: 'system/audit' }, [
        { kind: anomalyFound, data: { count: fresh.length } },
      ])
    return fresh.length
  })
}

/** How many that were told of in the last 31 days nobody has judged. */
export async function waitingAnomalies(from: Queryable, tenant: TenantId, now: Instant): Promise<number> {
  const [counted] = await from.query(sql<{ count: number }>`
    select count(*)::integer as count
    from trail.anomaly_notice as notice
    where tenant = ${tenant} and at > ${now}::timestamptz - make_interval(days => ${countsBackDays}::integer)
      and not exists (
        select from trail.anomaly_review as review
        where review.tenant = notice.tenant and review.anomaly = notice.anomaly)`)
  return counted?.count ?? 0
}
