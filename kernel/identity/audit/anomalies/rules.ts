/** The rules by which accesses stand out, with thresholds that an institution sets version after version. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict, type Instant, instantOf, invalid } from '@xinglin/fhir'
import type { Actor } from '../../identity.ts'

/** Changes of rules are few; older ones stand in the audit trail too. */
const mostVersions = 200

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
  /** Zero where nobody has set it yet. */
  readonly version: number
  readonly isOn: boolean
  readonly thresholds: Readonly<Record<string, number>>
}

/** One change of a rule, as it was made. */
export type RuleVersion = AnomalyRule & {
  readonly at: Instant
  readonly author: string
  readonly authorDisplay: string
  readonly reason: string
}

/** Lowest, highest and usual value of each threshold of a rule. */
export function rangesOf(id: AnomalyRuleId): Readonly<Record<string, readonly [number, number, number]>> {
  return thresholds[id]
}

/** Every rule as this institution has it. */
export async function anomalyRules(from: Queryable, tenant: TenantId): Promise<readonly AnomalyRule[]> {
  const rows = await from.query(sql<AnomalyRule>`
    select distinct on (rule) rule as id, version, is_on as "isOn", thresholds
    from trail.anomaly_rule_version
    where tenant = ${tenant}
    order by trail.anomaly_rule_version.rule, trail.anomaly_rule_version.version desc`)
  return anomalyRuleIds.map((id) => {
    const usual = Object.entries(rangesOf(id)).map(([name, [, , value]]) => [name, value])
    const own = rows.find((row) => row.id === id)
    const set = { ...Object.fromEntries(usual), ...own?.thresholds }
    return { id, version: own?.version ?? 0, isOn: own?.isOn ?? true, thresholds: set }
  })
}

/** Every change of every rule, newest first. */
export async function ruleVersions(
  from: Queryable,
  tenant: TenantId,
  timeZone: string,
): Promise<readonly RuleVersion[]> {
  const rows = await from.query(sql<Omit<RuleVersion, 'at'> & { at: string }>`
    select rule as id, version, is_on as "isOn", thresholds, at, author, author_display as "authorDisplay", reason
    from trail.anomaly_rule_version
    where tenant = ${tenant}
    order by trail.anomaly_rule_version.at desc, rule, version desc
    limit ${mostVersions}`)
  return rows.map((row) => ({ ...row, at: instantOf(Date.parse(row.at), timeZone) }))
}

/**
 * Adds a version of a rule in the caller's transaction, which also holds the audit entry of it. For callers that have
 * decided. Throws `invalid` (`identity.anomaly-rule`) for a threshold that is unknown or outside its range, `conflict`
 * (`identity.anomaly-rule-changed`) where the version that was looked at is not the present one.
 */
export async function saveAnomalyRule(
  transaction: Transaction,
  by: Actor,
  rule: AnomalyRule & { readonly reason: string; readonly at: Instant },
): Promise<void> {
  refuseOutOfRange(rule)
  const rows = await transaction.query(sql`
    insert into trail.anomaly_rule_version
      (tenant, rule, version, is_on, thresholds, at, author, author_display, reason)
    select ${by.tenant}, ${rule.id}, ${rule.version + 1}, ${rule.isOn}, ${sql.json(rule.thresholds)}::jsonb,
      ${rule.at}::timestamptz, ${by.reference}, ${by.display}, ${rule.reason}
    where ${rule.version}::integer = coalesce(
      (select max(version) from trail.anomaly_rule_version where tenant = ${by.tenant} and rule = ${rule.id}), 0)
    on conflict do nothing
    returning version`)
  if (rows.length === 0)
    throw conflict('somebody has set this rule meanwhile; look at it again', {
      code: 'identity.anomaly-rule-changed',
    })
}

function refuseOutOfRange(rule: Pick<AnomalyRule, 'id' | 'thresholds'>): void {
  const ranges = rangesOf(rule.id)
  for (const [name, value] of Object.entries(rule.thresholds)) {
    const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined
    if (!range || !Number.isInteger(value) || value < range[0] || value > range[1])
      throw invalid(
        `${name} must be ${range ? `a whole number from ${range[0]} to ${range[1]}` : 'left out'}`,
        { code: 'identity.anomaly-rule', at: name },
      )
  }
}
