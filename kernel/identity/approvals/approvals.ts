/**
 * Three administrators whose rights exclude one another, and changes of rights by two people (GB/T 22239-2019 §8.1.5,
 * §8.1.4.2; docs/decisions/0067). Both act from the moment at which an institution separates its administrators.
 */
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'

export const approvalPermissions = [
  {
    id: 'approvals.proposals.read',
    title: { zh: '查看待批准的权限变更', en: 'See proposed changes of rights' },
  },
  { id: 'approvals.proposals.decide', title: { zh: '批准权限变更', en: 'Decide on changes of rights' } },
  { id: 'approvals.separation.write', title: { zh: '启用三员分立', en: 'Separate the administrators' } },
] as const

/** What changing keys demands; apps/keys declares it. */
export const keyPermissions = [
  { id: 'keys.key.read', title: { zh: '查看密钥', en: 'See keys' } },
  { id: 'keys.key.rotate', title: { zh: '轮换和销毁密钥', en: 'Rotate and retire keys' } },
] as const

/** The administrators of a separated institution; nobody is two of them. */
export const separateAdministrators = [
  'system-administrator',
  'security-administrator',
  'audit-administrator',
] as const
export type SeparateAdministrator = (typeof separateAdministrators)[number]

export const proposalKinds = [
  'people.roles',
  'roles.save',
  'roles.remove',
  'clients.scopes',
  'clients.enable',
  'policies.save',
  'policies.remove',
  'upstream.mappings',
  'staff.mapping',
  'staff.mapping.remove',
  'factors.clear',
  'separation.end',
  'keys.rotate',
  'keys.retire',
] as const
export type ProposalKind = (typeof proposalKinds)[number]

export type ProposalState = 'waiting' | 'done' | 'refused' | 'withdrawn' | 'stale'

export type Proposal = {
  readonly id: string
  readonly kind: ProposalKind
  readonly subject: { readonly type: string; readonly id: string }
  /** What stood there when it was asked, and what is to stand there. */
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
  readonly reason: string
  readonly state: ProposalState
  readonly askedBy: string
  readonly askedByDisplay: string
  readonly askedAt: Instant
  /** Not decided by then, it can only be asked anew. */
  readonly ends: Instant
  readonly decidedByDisplay?: string
  readonly decidedAt?: Instant
  readonly why?: string
  /** Whether the one who asks may decide: not on what he asked for, nor on his own rights. */
  readonly isYours: boolean
}

/** Of an act that needs two people: `proposal` where it waits for the second, undefined where it is done. */
export type Carried = { readonly proposal: string } | undefined

/** Who holds what, and what is missing before an institution can separate its administrators. */
export type Readiness = {
  readonly since?: Instant
  readonly holders: Readonly<Record<SeparateAdministrator | 'administrator', readonly string[]>>
  readonly missing: readonly (SeparateAdministrator | 'roles')[]
}

export interface Approvals {
  /** Newest first; `before` is the id of the last row of the page before. */
  list(
    by: Actor,
    options: { state?: ProposalState; before?: string; limit: number },
  ): Promise<readonly Proposal[]>
  /** Does what was proposed, as the one who proposed it, in the transaction that closes the proposal. */
  approve(by: Actor, act: { id: string }): Promise<void>
  refuse(by: Actor, act: { id: string; reason: string }): Promise<void>
  /** By the one who asked. */
  withdraw(by: Actor, act: { id: string }): Promise<void>
  readiness(by: Actor): Promise<Readiness>
  /** From now on nobody is `administrator`, and changes of rights take two. Throws `conflict` while something is missing. */
  separate(by: Actor, act: { reason: string }): Promise<void>
  /** Itself by two. */
  unite(by: Actor, act: { reason: string }): Promise<Carried>
}
