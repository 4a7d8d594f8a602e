/** What others may rely on: addresses of the screens, permissions, and the shapes of the answers, as plain JSON. */

export const privacyScreens = {
  consents: '/privacy/consents',
  patient: '/privacy/consents/:id',
  glass: '/privacy/glass',
  requests: '/privacy/requests',
  masking: '/privacy/masking',
  sealing: '/privacy/sealing',
  erasures: '/privacy/erasures',
} as const

/** Address of what a patient agreed to. */
export function consentsAddress(patient: string): string {
  return `/privacy/consents/${encodeURIComponent(patient)}`
}

export const privacyPermissions = {
  breakGlass: 'privacy.glass.break',
  reviewGlass: 'privacy.glass.review',
  readConsents: 'privacy.consent.read',
  writeConsents: 'privacy.consent.write',
  readRequests: 'privacy.request.read',
  writeRequests: 'privacy.request.write',
  readMasking: 'privacy.masking.read',
  writeMasking: 'privacy.masking.write',
  readSealing: 'privacy.sealing.read',
  writeSealing: 'privacy.sealing.write',
  readErasures: 'privacy.erasure.read',
  confirmErasure: 'privacy.erasure.confirm',
} as const

/** Whose record a row is about, as far as the one who asks needs to know. */
export type PatientLine = {
  readonly id: string
  readonly name: string
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  readonly birthDate?: string
  readonly mrn?: string
}

export type GlassRow = {
  readonly id: string
  readonly holder: string
  readonly holderDisplay: string
  readonly patient: PatientLine
  readonly reason: string
  readonly refusedBy: readonly string[]
  readonly since: string
  readonly until: string
  readonly task: string
  readonly reviewDue: string
  readonly isOverdue: boolean
  readonly review?: {
    readonly outcome: 'justified' | 'not-justified'
    readonly note: string
    readonly reviewerDisplay: string
    readonly at: string
  }
}
export type GlassAnswer = { readonly glass: readonly GlassRow[]; readonly next?: string }
/** What was looked at by one broken glass, the newest first. */
export type AccessesAnswer = {
  readonly accesses: readonly {
    readonly at: string
    readonly action: string
    readonly resourceType?: string
    readonly resourceId?: string
    readonly detail?: string
    readonly outcome: 'allowed' | 'refused' | 'failed'
  }[]
  /** There are older ones: the audit trail shows them. */
  readonly hasMore: boolean
}
export type StandingGlass = {
  readonly id: string
  readonly patient: string
  readonly reason: string
  readonly since: string
  readonly until: string
}
export type StandingAnswer = { readonly glass: readonly StandingGlass[] }

/** Whom a rule names; absent lists mean everybody, everything, always. */
export type ConsentTerms = {
  readonly decision: 'deny' | 'permit'
  readonly roles?: readonly string[]
  /** `Organization/…`, `Location/…`, `Practitioner/…`. */
  readonly whom?: readonly string[]
  /** v3 PurposeOfUse. */
  readonly purposes?: readonly string[]
  readonly types?: readonly string[]
  readonly codes?: readonly { readonly system?: string; readonly code: string; readonly display?: string }[]
  /** Sensitivity of v3 ActCode: PSY, HIV, SEX … */
  readonly labels?: readonly string[]
  /** Dates, both belonging to the period. */
  readonly from?: string
  readonly until?: string
}

/** Input of `record-consent`. */
export type RecordConsent = {
  readonly patient: string
  /** What holds where no exception does. */
  readonly base: 'permit' | 'deny'
  readonly exceptions: readonly ConsentTerms[]
  /** Who signed: the patient, or a person who acts for the patient. */
  readonly signedBy: { readonly kind: 'patient' } | { readonly kind: 'other'; readonly name: string }
}
export type RecordedConsent = { readonly consent: string }
/** Input of `withdraw-consent`. */
export type WithdrawConsent = { readonly consent: string; readonly reason: string }

export type ConsentRule = Omit<ConsentTerms, 'decision'> & {
  readonly decision?: 'deny' | 'permit'
  /** 0 is the base; each exception is one deeper than what it departs from. */
  readonly depth: number
  /** Elements that are not judged: they widen what is refused. */
  readonly unknown?: readonly string[]
}
export type ConsentRow = {
  readonly id: string
  readonly status: string
  readonly recorded?: string
  readonly signedBy?: string
  /** Whether it is a rule about the record at all, and stands. */
  readonly isEnforced: boolean
  readonly rules: readonly ConsentRule[]
}
export type ConsentsAnswer = {
  readonly patient: PatientLine
  readonly consents: readonly ConsentRow[]
  /** What each role no longer sees, by consent and type. */
  readonly effects: readonly ConsentEffectRow[]
  /** The roles by which a rule may name people. */
  readonly roles: readonly RoleTitle[]
}
export type RoleTitle = { readonly id: string; readonly title: { readonly zh: string; readonly en: string } }
export type ConsentEffectRow = {
  readonly role: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly consent: string
  readonly type: string
  readonly resources: number
}
export type PatientsAnswer = { readonly patients: readonly PatientLine[] }

export type RightsKind = 'copy' | 'correction' | 'deletion'
/** Input of `request-right`. */
export type RequestRight = {
  readonly patient: string
  readonly kind: RightsKind
  readonly asker: { readonly name: string; readonly relation: 'patient' | 'guardian' | 'agent' | 'heir' }
  readonly wish: string
}
export type RequestedRight = { readonly request: string }
/** Input of `prove-identity`: what was shown, and the last four characters of its number. */
export type ProveIdentity = {
  readonly request: string
  readonly document:
    | 'identity-card'
    | 'passport'
    | 'birth-certificate'
    | 'authorisation'
    /** The asker's own account, by which he proved who he is. */
    | 'verified-account'
    | 'other'
  readonly lastFour: string
}
/** Input of `answer-right`. */
export type AnswerRight = {
  readonly request: string
  readonly decision: 'granted' | 'refused'
  readonly words: string
}
export type RequestRow = {
  readonly id: string
  readonly patient: PatientLine
  readonly kind: RightsKind
  readonly asker: string
  readonly relation: string
  readonly wish: string
  readonly received: string
  /** Date and time by which it must be answered. */
  readonly due: string
  readonly isOverdue: boolean
  readonly state: 'received' | 'proved' | 'answered'
  readonly proof?: string
  readonly copy?: { readonly resources: number; readonly sha256: string; readonly made: string }
  readonly retention?: Retention
  readonly decision?: 'granted' | 'refused'
  readonly answer?: string
  readonly answered?: string
}
export type RequestsAnswer = { readonly requests: readonly RequestRow[]; readonly next?: string }
/** The same as the patient sees it in his own pages. */
export type OwnRequestRow = Omit<RequestRow, 'patient' | 'retention' | 'copy'> & {
  /** Whether a copy was granted and can be taken. */
  readonly hasCopy: boolean
}
export type OwnRequestsAnswer = { readonly requests: readonly OwnRequestRow[] }
export type OwnConsentsAnswer = Pick<ConsentsAnswer, 'consents' | 'roles'>

/** Address below `/api` of what a patient decides himself. */
export function ownPrivacyPath(patient: string, part: string): string {
  return `/api/privacy/own/${encodeURIComponent(patient)}/${part}`
}
/** Until when the record must be kept by law, and by which rule. */
export type Retention = {
  readonly until: string
  readonly rule: 'outpatient-15-years' | 'inpatient-30-years'
  readonly isOver: boolean
}

/** The law behind a rule of keeping. */
export type RetentionLaw = {
  readonly law: { readonly zh: string; readonly en: string }
  readonly clause: string
  readonly says: { readonly zh: string; readonly en: string }
}
/** What of an erased person's record a law keeps. */
export type ErasureKept = RetentionLaw & Pick<Retention, 'rule' | 'until'> & { readonly resources: number }
/** A granted deletion on its way: by two people, then by itself, phase by phase. */
export type ErasureRow = {
  readonly id: string
  readonly request: string
  /** Absent once nothing of the person is left. */
  readonly patient?: PatientLine
  readonly state: 'asked' | 'running' | 'kept' | 'done' | 'declined'
  readonly phase: string
  /** From 0 to 1. */
  readonly share: number
  readonly grantedBy: string
  readonly granted: string
  readonly decidedBy?: string
  readonly decided?: string
  readonly reason?: string
  readonly kept: readonly ErasureKept[]
  readonly keptUntil?: string
  readonly figures: Readonly<Record<string, number>>
  readonly certificates: readonly { readonly number: number; readonly at: string; readonly sha256: string }[]
  /** Whether the one who asks may confirm it: a second person with the right. */
  readonly mayDecide: boolean
}
export type ErasuresAnswer = { readonly erasures: readonly ErasureRow[] }
/** What an erasure would come to now, for who confirms it. */
export type ErasurePlanAnswer = {
  readonly kept: readonly ErasureKept[]
  /** Resources that go, by type. */
  readonly figures: Readonly<Record<string, number>>
}
/** A certificate as it was signed. */
export type CertificateAnswer = {
  readonly content: string
  readonly signature: { readonly key: string; readonly algorithm: string; readonly value: string }
  readonly publicKey: string
  readonly isGenuine: boolean
}

export type MaskedField = 'name' | 'identity-number' | 'phone' | 'address'
export type MaskRow = {
  readonly role: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly fields: readonly MaskedField[]
  readonly hasWatermark: boolean
}
export type MasksAnswer = { readonly masks: readonly MaskRow[] }

/** One choice of what is sealed; `share` of what was stored before, from 0 to 1. */
export type SealingRow = SealedChoice & {
  readonly version: number
  readonly isOn: boolean
  readonly phase: string
  readonly share: number
  readonly at: string
  readonly reason: string
}
type SealedChoice = { readonly systems: readonly string[]; readonly elements: readonly string[] }
/** Newest choice first; what may be chosen, and what is proposed. */
export type SealingAnswer = {
  readonly choices: readonly SealingRow[]
  readonly elements: readonly string[]
  readonly usual: SealedChoice
}
