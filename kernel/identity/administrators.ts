/** Which roles are those of administrators: they need a second factor, have no badge, and come by no group unasked (GB/T 22239-2019 §8.1.4.1 d). */
import type { TenantId } from '@xinglin/events'
import { allowsPermission } from './rights.ts'
import type { RoleBook } from './roles.ts'

/** What only administrators may do; a role with one of these is theirs. */
export const administering = [
  'administration.people.write',
  'administration.roles.write',
  'administration.clients.write',
  'administration.sessions.write',
  'administration.upstream.write',
  'administration.audit.read',
  'app-registry.apps.review',
  'access.policies.write',
  'keys.key.rotate',
]

/** Whether a role is one of administrators, by its name or by what it may do. */
export function isOfAdministrators(book: RoleBook, tenant: TenantId, role: string): boolean {
  if (/(^|-)administrator$/.test(role)) return true
  const rights = book.rightsOf(tenant, [role])
  return administering.some((permission) => allowsPermission(rights, permission))
}
