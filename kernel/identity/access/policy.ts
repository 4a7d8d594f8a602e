/** Policies as data: role × types × interactions × whose patients × purpose of use × hidden elements. */
import { purposesAround } from '../consent/purposes.ts'
import type { Interaction } from '../identity.ts'

/** Whose charts: of patients that he cares for, of those that his departments care for, or of all of his institution. */
export const patientScopes = ['own-patients', 'own-department', 'tenant'] as const
export type PatientScope = (typeof patientScopes)[number]

/**
 * A role that no policy of a type and interaction names has all of its rights; one that is named has what its policies
 * give together. Institutions are walls whatever a policy says.
 */
export type Policy = {
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  /** A role, `*` for every role but administrator, or a machine client as `client/<id>`. */
  readonly role: string
  /** Resource types, or `*`. */
  readonly types: readonly string[]
  /** SMART's letters `cruds`. */
  readonly interactions: string
  readonly patients: PatientScope
  /** A relation counts for so many days after it ended. */
  readonly afterDays: number
  /** Codes of v3 PurposeOfUse; empty: whatever the purpose. */
  readonly purposes: readonly string[]
  /** `Patient.telecom`: elements that are not shown, compared or changed. */
  readonly hidden: readonly string[]
  readonly isActive: boolean
}

const letters: Readonly<Record<Interaction, string>> = {
  create: 'c',
  read: 'r',
  update: 'u',
  act: 'u',
  delete: 'd',
  search: 's',
  history: 's',
}

/** Whether a policy speaks of an interaction on a type; the history of one resource is a read, of many a search. */
export function speaksOf(
  { types, interactions }: Policy,
  { interaction, type }: { readonly interaction: Interaction; readonly type: string },
): boolean {
  return interactions.includes(letters[interaction]) && (types.includes('*') || types.includes(type))
}

/** Whether it holds for what the actor looks for; what names a purpose holds for the narrower ones too. */
export function isForPurpose(policy: Policy, purpose: string): boolean {
  return policy.purposes.length === 0 || namesPurpose(policy, purpose)
}

/** Whether it names a purpose or a wider one. */
export function namesPurpose({ purposes }: Policy, purpose: string): boolean {
  return purposesAround(purpose).some((each) => purposes.includes(each))
}

/** Whether it is a policy of a role, or of a machine client by its reference. */
export function isOfRole(policy: Policy, role: string): boolean {
  return policy.role === role || (policy.role === '*' && role !== 'administrator' && !role.includes('/'))
}

/** Elements of a type that it hides, by path below the type. */
export function hiddenOf({ hidden }: Policy, type: string): readonly string[] {
  return hidden.flatMap((path) => (path.startsWith(`${type}.`) ? [path.slice(type.length + 1)] : []))
}
