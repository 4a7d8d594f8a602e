/**
 * Breaking the glass (HL7 v3 PurposeOfUse BTG): who is refused a patient's record in an emergency opens it with a reason,
 * for a limited time; whoever watches over access is told at once and says within a day whether it was right.
 */
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'

/** Needed to break the glass, and to judge it. */
export const breakGlassPermissions = [
  {
    id: 'privacy.glass.break',
    title: { zh: '紧急调阅被拒绝的病历', en: 'Break the glass of a refused record' },
  },
  { id: 'privacy.glass.review', title: { zh: '复核紧急调阅', en: 'Review broken glass' } },
] as const

/** Code of the Task of a review. */
export const reviewTaskCode = { system: 'urn:xinglin:task', code: 'break-glass-review' } as const

export type Glass = {
  readonly id: string
  readonly holder: string
  readonly holderDisplay: string
  readonly patient: string
  readonly reason: string
  /** Consents that refused when it was broken. */
  readonly refusedBy: readonly string[]
  readonly since: Instant
  readonly until: Instant
  /** Id of the Task of the review, and when it must be done. */
  readonly task: string
  readonly reviewDue: Instant
  readonly review?: {
    readonly outcome: GlassOutcome
    readonly note: string
    readonly reviewer: string
    readonly reviewerDisplay: string
    readonly at: Instant
  }
}
export type GlassOutcome = 'justified' | 'not-justified'
export type GlassState = 'waiting' | 'overdue' | 'reviewed'

export interface BreakGlass {
  /** Opens a patient's record to a person. Throws `invalid` without a reason, `conflict` where it is open already. */
  open(by: Actor, act: { readonly patient: string; readonly reason: string }): Promise<Glass>
  /** Ends one's own before its time. */
  close(by: Actor, id: string): Promise<void>
  /** One's own that still stand, of one patient where named. */
  standing(by: Actor, patient?: string): Promise<readonly Glass[]>
  /** Newest first; `before` is the id of the last one of the page before. */
  list(
    by: Actor,
    options: { readonly state?: GlassState; readonly before?: string; readonly limit: number },
  ): Promise<readonly Glass[]>
  /** For who judges; undefined where there is none of this id. */
  find(by: Actor, id: string): Promise<Glass | undefined>
  /** Nobody judges his own; once judged it stays. Completes the Task. */
  review(
    by: Actor,
    act: { readonly id: string; readonly outcome: GlassOutcome; readonly note: string },
  ): Promise<void>
}
