/** Evidence of how the institution behaves: administrators apart, the trail verified, anomalies judged, hidden elements. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'

export type Conduct = {
  /** Whether the three administrators were separated by the act of approvals (docs/decisions/0067). */
  readonly isSeparated: boolean
  /** Of the newest whole verification of the trail; null where none has ended. */
  readonly verifiedDays: number | null
  /** Manipulations that it found. */
  readonly manipulations: number
  /** Rules that look for anomalies, and what they told in thirty days that nobody judged. */
  readonly anomalyRules: number
  readonly anomaliesOpen: number
  /** Days since the trail was last handed to a system outside; null where it never was. */
  readonly exportedDays: number | null
  /** Active policies that reach less than all patients, or hide elements. */
  readonly narrowPolicies: number
}

export async function conductOf(
  database: Queryable,
  { tenant, at }: { readonly tenant: TenantId; readonly at: Instant },
): Promise<Conduct> {
  const [row] = await database.query(sql<Conduct>`
    select
      exists (select from approvals.separation where tenant = ${tenant}) as "isSeparated",
      newest.days as "verifiedDays",
      coalesce(newest.manipulations, 0) as manipulations,
      (select count(*)::int
       from (select distinct on (rule) is_on from trail.anomaly_rule_version where tenant = ${tenant} order by rule, version desc) as rule
       where is_on) as "anomalyRules",
      (select count(*)::int
       from trail.anomaly_notice as notice
       where tenant = ${tenant} and at > ${at}::timestamptz - interval '30 days'
         and not exists (
           select from trail.anomaly_review as review
           where review.tenant = notice.tenant and review.anomaly = notice.anomaly)) as "anomaliesOpen",
      (select extract(day from ${at}::timestamptz - max(at))::int from trail.export) as "exportedDays",
      (select count(*)::int
       from access.policy
       where tenant = ${tenant} and is_active and (patients <> 'tenant' or cardinality(hidden) > 0)) as "narrowPolicies"
    from (select) as nothing
    left join lateral (
      select extract(day from ${at}::timestamptz - ended)::int as days, (result ->> 'findingsCount')::int as manipulations
      from trail.verification
      where tenant = ${tenant} and state = 'finished' and from_at is null
      order by at desc
      limit 1
    ) as newest on true`)
  if (!row) throw new RangeError('an aggregate answered no row')
  return row
}
