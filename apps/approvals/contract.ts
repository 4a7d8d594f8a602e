/** What others may rely on: address, permissions, and the shapes of the answers, as plain JSON. */
export const approvalsPath = '/approvals'

export const approvalsPermissions = {
  read: 'approvals.proposals.read',
  decide: 'approvals.proposals.decide',
  separate: 'approvals.separation.write',
} as const

export const proposalStates = ['waiting', 'done', 'refused', 'withdrawn', 'stale'] as const
export type ProposalState = (typeof proposalStates)[number]

/** One thing that is to change: what stands there, and what is to stand there; absent: nothing. */
export type ProposedChange = {
  readonly what: string
  readonly before?: string
  readonly after?: string
}

export type ProposalRow = {
  readonly id: string
  readonly kind: string
  /** Whom or what it concerns, for people. */
  readonly subject: string
  readonly changes: readonly ProposedChange[]
  readonly reason: string
  readonly state: ProposalState
  readonly askedBy: string
  readonly askedAt: string
  readonly ends: string
  readonly decidedBy?: string
  readonly decidedAt?: string
  readonly why?: string
  /** It waits for somebody like the one who asks. */
  readonly isYours: boolean
  /** The one who asks proposed it, and may withdraw it while it waits. */
  readonly isOwn: boolean
}
export type ProposalsAnswer = { readonly proposals: readonly ProposalRow[]; readonly next?: string }

export const administratorRoles = [
  'system-administrator',
  'security-administrator',
  'audit-administrator',
] as const
export type AdministratorsAnswer = {
  /** Since when the administrators are separate. */
  readonly since?: string
  /** Names of the people who hold each role. */
  readonly holders: Readonly<Record<(typeof administratorRoles)[number] | 'administrator', readonly string[]>>
  readonly missing: readonly ((typeof administratorRoles)[number] | 'roles')[]
}
