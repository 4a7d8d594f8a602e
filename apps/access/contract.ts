/** What the screens of access ask and are told. */
import type { Explanation, Policy } from '@xinglin/identity'

export type { Policy } from '@xinglin/identity'

export const readPolicies = 'access.policies.read'
export const writePolicies = 'access.policies.write'
export const explainDecisions = 'access.decisions.explain'

/** `GET /api/access/policies`. */
export type PoliciesAnswer = {
  readonly policies: readonly Policy[]
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
}
export type WhyAnswer = Explanation
