/** What the screens of access ask and are told. */
import type { Explanation, Policy, PolicyVersion, Trial } from '@xinglin/identity'

export type { Policy } from '@xinglin/identity'

export const policiesPath = '/api/access/policies'

export const readPolicies = 'access.policies.read'
export const writePolicies = 'access.policies.write'
export const explainDecisions = 'access.decisions.explain'

/** `GET /api/access/policies`. */
export type PoliciesAnswer = {
  readonly policies: readonly Policy[]
  /** Those that stand no more, as they were last. */
  readonly removed: readonly Policy[]
  readonly roles: readonly {
    readonly id: string
    readonly title: { readonly zh: string; readonly en: string }
  }[]
}

/** `POST /api/access/why`. */
export type WhyQuestion = {
  readonly actor: string
  readonly type: string
  readonly id: string
  readonly interaction: 'read' | 'update' | 'delete'
  readonly purpose?: string
  /** A policy that is not saved: the answer as it would be with it. */
  readonly draft?: Policy
}
export type WhyAnswer = Explanation

/** `GET /api/access/policies/:id/versions`: newest first. */
export type VersionsAnswer = { readonly versions: readonly PolicyVersion[] }
/** `POST /api/access/policies/:id/trial` with the policy as it would be saved: what it would have done with the last day's looks. */
export type TrialAnswer = Trial
