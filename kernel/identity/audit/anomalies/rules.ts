/** The rules by which accesses stand out, with thresholds that an institution may set. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { invalid } from '@xinglin/fhir'

/** Lowest, highest and usual value of each threshold. */
const thresholds = {
  night: {
    /** Hours of the hospital's clock; from the first to before the second. */
    fromHour: [0, 23, 23],
    untilHour: [0, 23, 6],
    patients: [1, 10_000, 10],
  },
  mass: { patients: [2, 100_000, 60] },
  'same-name': { accesses: [1, 1_000, 1] },
  colleague: { accesses: [1, 1_000, 1] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly [number, number, number]>>>>

export type AnomalyRuleId = keyof typeof thresholds
export const anomalyRuleIds = Object.keys(thresholds) as readonly AnomalyRuleId[]

export type AnomalyRule = {
  readonly id: AnomalyRuleId
  readonly isOn: boolean
  readonly thresholds: Readonly<Record<string, number>>
}

/** Every rule as this institution has it. */
export async function anomalyRules(database: Database, tenant: TenantId): Promise<readonly AnomalyRule[]> {
  const rows = await database.query(sql<AnomalyRule>`
    select id, is_on as "isOn", thresholds from trail.anomaly_rule where tenant = ${tenant}`)
  return anomalyRuleIds.map((id) => {
    const usual = Object.entries(thresholds[id]).map(([name, [, , value]]) => [name, value])
    const own = rows.find((row) => row.id === id)
    return { id, isOn: own?.isOn ?? true, thresholds: { ...Object.fromEntries(usual), ...own?.thresholds } }
  })
}

/** Throws `invalid` (`identity.anomaly-rule`) for a threshold that is unknown or outside its range. */
export async function saveAnomalyRule(
  database: Database,
  tenant: TenantId,
  rule: AnomalyRule,
): Promise<void> {
  const ranges: Readonly<Record<string, readonly [number, number, number]>> = thresholds[rule.id]
  for (const [name, value] of Object.entries(rule.thresholds)) {
    const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined
    if (!range || !Number.isInteger(value) || value < range[0] || value > range[1])
      throw invalid(
        `${name} must be ${range ? `a whole number from ${range[0]} to ${range[1]}` : 'left out'}`,
        {
          code: 'identity.anomaly-rule',
          at: name,
        },
      )
  }
  await database.query(sql`
    insert into trail.anomaly_rule (tenant, id, is_on, thresholds)
    values (${tenant}, ${rule.id}, ${rule.isOn}, ${sql.json(rule.thresholds)}::jsonb)
    on conflict (tenant, id) do update set is_on = excluded.is_on, thresholds = excluded.thresholds`)
}
