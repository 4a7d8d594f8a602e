/** What others may rely on: addresses of the screens, permissions, commands and events, and the answers as plain JSON. */

export const masterIndexScreens = {
  pairs: '/master-index',
  pair: '/master-index/pairs/:one/:other',
  merges: '/master-index/merges',
  settings: '/master-index/settings',
} as const

/** Address of a pair, side by side. */
export function pairAddress({ one, other }: { readonly one: string; readonly other: string }): string {
  return `/master-index/pairs/${encodeURIComponent(one)}/${encodeURIComponent(other)}`
}

export const masterIndexPermissions = {
  read: 'master-index.pair.read',
  decide: 'master-index.pair.decide',
  merge: 'master-index.merge.write',
  readSettings: 'master-index.settings.read',
  writeSettings: 'master-index.settings.write',
  scan: 'master-index.scan.run',
} as const

export type PairState = 'open' | 'later' | 'different' | 'same' | 'linked'
export type PairOutcome = 'certain' | 'doubtful' | 'apart'
export type EvidenceRule = 'number' | 'document' | 'name-birth-contact' | 'name-birth' | 'name-contact'
export type Objection =
  | 'two-numbers'
  | 'number-of-another'
  | 'two-documents'
  | 'placeholder'
  | 'twins'
  | 'sex-differs'
  | 'name-differs'

/** A patient as far as a list needs; hidden where the one who asks may not see it. */
export type PersonLine =
  | { readonly id: string; readonly isHidden: true }
  | {
      readonly id: string
      readonly isHidden: false
      readonly name: string
      readonly gender?: string
      readonly birthDate?: string
      readonly mrn?: string
    }

export type PairRow = {
  readonly one: PersonLine
  readonly other: PersonLine
  readonly state: PairState
  readonly outcome: PairOutcome
  readonly bits: number
  readonly probability: number
  readonly evidence: readonly EvidenceRule[]
  readonly objections: readonly Objection[]
  readonly found: string
  readonly assignee?: { readonly reference: string; readonly display: string }
  readonly until?: string
  readonly decided?: { readonly at: string; readonly display: string; readonly note?: string }
  readonly merge?: string
}
export type PairsAnswer = {
  readonly pairs: readonly PairRow[]
  readonly next?: string
  /** How many pairs are in each state. */
  readonly counts: Readonly<Partial<Record<PairState, number>>>
}

/** One fact of both records; `field` names the field of the comparison that reads it. */
export type SideFacts = {
  readonly id: string
  readonly version: number
  readonly isActive: boolean
  readonly names: readonly string[]
  readonly gender?: string
  readonly birthDate?: string
  readonly citizen: readonly string[]
  readonly numbers: readonly {
    readonly value: string
    readonly system?: string
    readonly type?: string
    readonly isOld: boolean
  }[]
  readonly phones: readonly string[]
  readonly addresses: readonly string[]
  readonly contacts: readonly string[]
  readonly isDead: boolean
  readonly updated: string
  readonly visits: number
  readonly replacedBy?: string
}
export type ExplainedField = {
  readonly field: string
  readonly level?: string
  readonly bits: number
  readonly rarityBits?: number
}
export type PairAnswer = {
  readonly one: SideFacts
  readonly other: SideFacts
  readonly row?: PairRow
  readonly explanation: {
    readonly fields: readonly ExplainedField[]
    readonly bits: number
    readonly probability: number
    readonly outcome: PairOutcome
    readonly evidence: readonly EvidenceRule[]
    readonly objections: readonly Objection[]
    readonly upper: number
    readonly lower: number
    /** 0: the weights that are shipped. */
    readonly settings: number
  }
  readonly merges: readonly MergeRow[]
}

export type MergeRow = {
  readonly id: string
  readonly survivor: PersonLine
  readonly merged: PersonLine
  readonly at: string
  readonly actorDisplay: string
  readonly origin: 'desk' | 'message'
  readonly reason: string
  readonly undone?: { readonly at: string; readonly display: string; readonly reason: string }
}
/** What a merge would do: how much of the merged chart moves, by type, and which numbers the survivor takes as old ones. */
export type MergePreview = {
  readonly moves: readonly { readonly type: string; readonly count: number }[]
  readonly numbers: readonly string[]
}
export type MergesAnswer = { readonly merges: readonly MergeRow[]; readonly next?: string }
export type UndoPreview = {
  readonly merge: MergeRow
  readonly items: readonly {
    readonly type: string
    readonly id: string
    readonly kind: 'restored' | 'moved-back' | 'deleted' | 'conflict'
  }[]
  readonly since: readonly { readonly type: string; readonly id: string }[]
}

/** Input of `decide-pair`. */
export type DecidePair = {
  readonly one: string
  readonly other: string
  readonly decision: 'different' | 'later' | 'open'
  readonly note?: string
  /** Of `later`: the day on which it comes back. */
  readonly until?: string
}
/** Input of `assign-pair`; nobody where `isMine` is false. */
export type AssignPair = { readonly one: string; readonly other: string; readonly isMine: boolean }
/** Input of `merge-patients`. */
export type MergePatients = { readonly survivor: string; readonly merged: string; readonly reason: string }
export type MergedPatients = { readonly merge: string; readonly moved: number }
/** Input of `undo-merge`; `alsoMove` are `Type/id` of what came since and belongs to the merged patient. */
export type UndoMerge = {
  readonly merge: string
  readonly reason: string
  readonly alsoMove?: readonly string[]
}

export type ScanRow = {
  readonly id: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  readonly asked: string
  readonly askedDisplay: string
  readonly started?: string
  readonly finished?: string
  readonly people: number
  readonly keysDone: number
  readonly keysAll: number
  readonly pairs: number
  readonly certain: number
  readonly doubtful: number
}
export type TrainingRow = {
  readonly id: string
  readonly at: string
  readonly people: number
  readonly pairs: number
  readonly rounds: number
  readonly fields: readonly {
    readonly field: string
    readonly levels: readonly {
      readonly level: string
      readonly m: number
      readonly u: number
      readonly bits: number
    }[]
  }[]
}
export type SettingsAnswer = {
  readonly version: number
  readonly upper: number
  readonly lower: number
  readonly evidence: readonly EvidenceRule[]
  readonly isAutomatic: boolean
  /** The training whose weights are used; absent for those that are shipped. */
  readonly training?: string
  readonly people: number
  readonly saved?: { readonly at: string; readonly display: string; readonly note: string }
  readonly trainings: readonly TrainingRow[]
  readonly scans: readonly ScanRow[]
}
/** Input of `save-settings`, and of the preview without `note`. */
export type SaveSettings = {
  readonly upper: number
  readonly lower: number
  readonly evidence: readonly EvidenceRule[]
  readonly isAutomatic: boolean
  readonly training?: string
  readonly note: string
}
/** What settings would make of the pairs that are known. */
export type PreviewAnswer = {
  readonly judged: number
  readonly now: { readonly certain: number; readonly doubtful: number; readonly apart: number }
  readonly proposed: { readonly certain: number; readonly doubtful: number; readonly apart: number }
  /** Judged already: how many of each the settings would call certain. */
  readonly linked: number
  readonly certainOfLinked: number
  readonly different: number
  readonly certainOfDifferent: number
}

/** Asked by Patient/$match: who of the index the described person may be, the most likely first. */
export interface PatientMatcher {
  match(asked: {
    readonly tenant: number
    readonly patient: unknown
    readonly count: number
  }): Promise<readonly MatchedPatient[]>
}
export type MatchedPatient = {
  readonly id: string
  readonly probability: number
  readonly outcome: PairOutcome
}

/** Events: `master-index.patients-merged`, `master-index.merge-undone` (patient: survivor; data: merge, merged, resources), `master-index.patients-linked`. */
