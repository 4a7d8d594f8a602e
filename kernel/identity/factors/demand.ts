/** Of whom the house demands a second factor (GB/T 22239-2019 §8.1.4.1 d). */
import type { TenantId } from '@xinglin/events'
import { isOfAdministrators } from '../administrators.ts'
import type { RoleBook } from '../roles.ts'
import type { IdentitySettings } from '../settings.ts'

/** Asked of each session, so that a right that somebody is given while he is signed in asks for the factor as well. */
export type IsFactorDemanded = (person: {
  readonly tenant: TenantId
  readonly roles: readonly string[]
}) => boolean

/** The setting applied to the roles of a person; the roles of his institution must have been refreshed. */
export function createDemand(
  roles: RoleBook,
  { secondFactor }: Pick<Required<IdentitySettings>, 'secondFactor'>,
): IsFactorDemanded {
  return (person) => {
    if (secondFactor === 'optional') return false
    return (
      secondFactor === 'everyone' ||
      person.roles.some((role) => isOfAdministrators(roles, person.tenant, role))
    )
  }
}
