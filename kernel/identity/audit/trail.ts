/** What proves and keeps the audit trail: seals, signed heads, verification, months (docs/decisions/0064). */
import type { Migrations } from '@xinglin/database'

export { type Anomaly, type AnomalyParts, findAnomalies } from './anomalies/find-anomalies.ts'
export { reviewAnomaly } from './anomalies/reviews.ts'
export {
  type AnomalyRule,
  type AnomalyRuleId,
  anomalyRuleIds,
  anomalyRules,
  type RuleVersion,
  rangesOf,
  ruleVersions,
  saveAnomalyRule,
} from './anomalies/rules.ts'
export { anomalyReviewed, waitingAnomalies, watchAnomalies } from './anomalies/watch.ts'
export { actorSystem, auditEvent } from './audit-event.ts'
export { eventCodes, outcomeCode } from './event-codes.ts'
export { dropMonth, leastMonthsKept, type MonthParts, type MonthState, monthStates } from './months/months.ts'
export { type ProofDay, proofDays } from './proof/days.ts'
export type { HashAlgorithm } from './proof/entry-text.ts'
export type { Finding, FindingKind } from './proof/findings.ts'
export { headToKeep, type SignedHead } from './proof/heads.ts'
export { createSealer, type Sealer, startSealer } from './proof/sealer.ts'
export {
  askVerification,
  runVerification,
  stopVerification,
  type VerificationState,
  verifications,
} from './proof/verifications.ts'
export { type Verification, type VerifyOptions, verifyTrail } from './proof/verify.ts'
export type { Opening } from './report/openings.ts'
export { recordOpenings } from './report/record-openings.ts'
export { type SyslogTarget, startSyslogExport } from './syslog/syslog-export.ts'

/** Tables of the schema `trail`; they stand on those of identity. */
export const trailMigrations: Migrations = {
  name: 'trail',
  folder: new URL('./migrations/', import.meta.url),
}
