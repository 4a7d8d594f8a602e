/** What others may rely on: the addresses of audit's screens, its permissions and the shapes of its answers, as plain JSON. */

export const auditScreens = {
  explorer: '/audit/explorer',
  anomalies: '/audit/anomalies',
  rules: '/audit/rules',
  report: '/audit/report',
  proof: '/audit/proof',
} as const

export const auditPermissions = {
  readTrail: 'administration.audit.read',
  readAnomalies: 'audit.anomaly.read',
  reviewAnomalies: 'audit.anomaly.review',
  writeRules: 'audit.rule.write',
  readReports: 'audit.report.read',
  readProof: 'audit.proof.read',
  dropMonths: 'audit.month.drop',
} as const

/** The address of the explorer with a question: who opened this record, or what did this actor open. */
export function explorerAddress(asked: { readonly patient: string } | { readonly actor: string }): string {
  return `${auditScreens.explorer}?${new URLSearchParams(asked)}`
}

export type EntryRow = {
  readonly id: string
  readonly at: string
  /** `user/<id>`, `client/<id>`, `patient/<id>`, `system/<name>`. */
  readonly actor: string
  readonly actorDisplay: string
  readonly address?: string
  readonly action: string
  readonly resourceType?: string
  readonly resourceId?: string
  readonly patient?: string
  /** Everybody whom a list showed. */
  readonly patients?: readonly string[]
  readonly detail?: string
  readonly outcome: 'allowed' | 'refused' | 'failed'
  readonly purpose?: string
  readonly client?: string
  readonly session?: string
}
export type PatientLine = {
  readonly id: string
  readonly name: string
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  readonly birthDate?: string
  readonly mrn?: string
}
export type PatientsAnswer = { readonly patients: readonly PatientLine[] }
export type EntriesAnswer = {
  readonly entries: readonly EntryRow[]
  /** Patients of these entries by their id. */
  readonly patients: Readonly<Record<string, PatientLine>>
  readonly next?: string
  /** A page that looked at many and found few says how far back it looked. */
  readonly lookedBackTo?: string
}
export type EntryAnswer = Pick<EntriesAnswer, 'patients'> & {
  readonly entry: EntryRow
  /** FHIR R4 AuditEvent. */
  readonly event: object
}

export type RuleId = 'night' | 'mass' | 'same-name' | 'colleague'

export type AnomalyRow = {
  readonly id: string
  readonly rule: RuleId
  readonly actor: string
  readonly actorDisplay: string
  readonly patient?: string
  readonly since: string
  readonly until: string
  readonly accesses: number
  readonly patients: number
  readonly review?: {
    readonly outcome: 'justified' | 'not-justified'
    readonly note: string
    readonly at: string
    readonly by: string
  }
}
export type RuleRow = {
  readonly id: RuleId
  /** Zero where nobody has set it yet. */
  readonly version: number
  readonly isOn: boolean
  readonly thresholds: Readonly<Record<string, number>>
}
export type RulesAnswer = {
  readonly rules: readonly (RuleRow & {
    /** Lowest, highest and usual value of each threshold. */
    readonly ranges: Readonly<Record<string, readonly [number, number, number]>>
  })[]
  readonly versions: readonly (RuleRow & {
    readonly at: string
    readonly authorDisplay: string
    readonly reason: string
  })[]
}
export type WaitingAnswer = { readonly waiting: number }
export type AnomaliesAnswer = {
  readonly anomalies: readonly AnomalyRow[]
  /** Patients whom these are about, by their id. */
  readonly patients: Readonly<Record<string, PatientLine>>
  readonly rules: readonly RuleRow[]
}

type Text = { readonly zh: string; readonly en: string }

/** One person's look at the record: what was done within a quarter of an hour. */
export type OpeningRow = {
  readonly from: string
  readonly until: string
  readonly who:
    | { readonly kind: 'self' | 'platform' }
    | { readonly kind: 'relative' | 'system'; readonly name: string }
    | {
        readonly kind: 'staff'
        /** Masked. */
        readonly name: string
        readonly roles: readonly Text[]
        readonly departments: readonly string[]
      }
  readonly app?: string
  readonly actions: readonly ('looked' | 'changed' | 'other')[]
  /** Types of FHIR resources. */
  readonly types: readonly string[]
  readonly accesses: number
  /** A code of v3 PurposeOfUse; absent for treatment. */
  readonly purpose?: string
  readonly isRefused: boolean
}
export type ReportAnswer = {
  readonly patient: PatientLine
  readonly at: string
  /** Who made it. */
  readonly by: string
  readonly from?: string
  readonly until?: string
  /** Newest first. */
  readonly openings: readonly OpeningRow[]
  /** True where older accesses are left out. */
  readonly hasMore: boolean
}

export type FindingRow = {
  readonly kind:
    | 'changed'
    | 'missing'
    | 'added'
    | 'reordered'
    | 'seal-changed'
    | 'seal-missing'
    | 'head'
    | 'unsealed'
    | 'guard'
  readonly seal: string
  readonly entry?: string
  readonly at?: string
  readonly what?: string
}
export type VerificationRow = {
  readonly id: string
  readonly at: string
  readonly authorDisplay: string
  /** Only what was sealed since then; absent where it is the whole trail. */
  readonly from?: string
  readonly state: 'waiting' | 'running' | 'finished' | 'stopped'
  readonly sealsTotal: number
  readonly sealsDone: number
  readonly ended?: string
  readonly result?: {
    readonly seals: number
    readonly entries: number
    readonly heads: number
    readonly dropped: number
    readonly unsealed: number
    readonly head?: string
    readonly findings: readonly FindingRow[]
    readonly findingsCount: number
  }
}
export type VerificationsAnswer = { readonly verifications: readonly VerificationRow[] }
export type ProofDaysAnswer = {
  /** `2026-03`, of the hospital's clock. */
  readonly month: string
  readonly today: string
  /** Days on which something was sealed. */
  readonly days: readonly {
    readonly day: string
    readonly seals: number
    readonly entries: number
    readonly signed: number
    /** Seals that are not there. */
    readonly missing: number
  }[]
}
export type MonthsAnswer = {
  readonly months: readonly {
    readonly month: string
    readonly entries: number
    readonly sizeBytes: number
    readonly mayBeDropped: boolean
    readonly dropped?: { readonly at: string; readonly by: string; readonly reason: string }
  }[]
}
