/** What the screen of graded protection is given and asks for: systems, rounds, self tests, gaps (GB/T 22239-2019, GB/T 22240-2020). */
import type { Bilingual, ControlState } from '../contract.ts'

export const gradingPermissions = {
  read: 'compliance.grading.read',
  write: 'compliance.grading.write',
} as const
export const gradingPath = '/api/compliance/grading'

export type Conclusion = 'conforms' | 'mostly' | 'fails'
export type Level = 2 | 3 | 4

export type GradedSystem = {
  readonly id: string
  readonly name: string
  readonly level: Level
  readonly filingNumber?: string
  /** Day of filing. */
  readonly filed?: string
  readonly registered: string
  /** Day until which the next assessment is to be; absent where no law asks for one, or none was yet. */
  readonly nextDue?: string
  readonly isOverdue: boolean
  /** Newest first. */
  readonly rounds: readonly RoundLine[]
}
export type RoundLine = { readonly id: string; readonly started: string; readonly assessed?: string }
export type SystemsAnswer = { readonly systems: readonly GradedSystem[] }

export type SelfTestLine = {
  /** 1 for the first of its round. */
  readonly number: number
  readonly at: string
  readonly version: string
  readonly counts: Readonly<Record<ControlState, number>>
}
/**
 * `open`: nobody was asked yet; `planned`: a Task with owner and due day; `fixed`: reported, awaits a self test; `proven`: the
 * newest self test passes; `failing`: reported, and the newest self test fails; `stated`: reported, and no self test can show it.
 */
export type GapState = 'open' | 'planned' | 'fixed' | 'proven' | 'failing' | 'stated'
export type Gap = {
  readonly control: string
  readonly clause: string
  readonly title: Bilingual
  readonly todo: Bilingual
  readonly state: GapState
  readonly found: { readonly number: number; readonly evidence: Bilingual }
  readonly latest: {
    readonly number: number
    readonly state: ControlState
    readonly evidence: Bilingual
  }
  readonly task?: GapTask
}
export type GapTask = {
  readonly id: string
  readonly owner: string
  /** Day. */
  readonly due: string
  readonly isOverdue: boolean
  readonly plan: string
  /** What was done, once it is reported. */
  readonly done?: string
}
export type Round = RoundLine & {
  readonly system: Pick<GradedSystem, 'id' | 'name' | 'level' | 'filingNumber'>
  readonly assessor?: string
  readonly reportNumber?: string
  readonly conclusion?: Conclusion
  readonly tests: readonly SelfTestLine[]
  readonly gaps: readonly Gap[]
}

export type Owner = { readonly login: string; readonly display: string }
export type OwnersAnswer = { readonly owners: readonly Owner[] }

export type RegisterSystem = { readonly name: string; readonly level: Level }
export type FileSystem = { readonly system: string; readonly filingNumber: string; readonly filed: string }
export type StartRound = { readonly system: string }
export type PlanFix = {
  readonly round: string
  readonly control: string
  /** Login. */
  readonly owner: string
  readonly due: string
  readonly plan: string
}
export type ReportFix = { readonly round: string; readonly control: string; readonly done: string }
export type RecordAssessment = {
  readonly round: string
  readonly assessor: string
  readonly reportNumber: string
  readonly conclusion: Conclusion
}
export type Made = { readonly id: string }
