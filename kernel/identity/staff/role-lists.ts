/** Roles that a title or a department may give: none that administers, for that is a decision of people. */
import type { TenantId } from '@xinglin/events'
import { forbidden, invalid } from '@xinglin/fhir'
import { isOfAdministrators } from '../administrators.ts'
import type { StaffParts } from './parts.ts'

/** Throws `invalid` for an unknown role, `forbidden` (`staff.administrator-role`) for one that administers. */
export async function refuseRolesOfAdministrators(
  { roles: book }: Pick<StaffParts, 'roles'>,
  tenant: TenantId,
  roles: readonly string[],
): Promise<void> {
  const known = new Set((await book.list(tenant)).map(({ id }) => id))
  for (const role of roles) {
    if (!known.has(role))
      throw invalid(`there is no role ${role.slice(0, 64)}`, { code: 'identity.no-role', at: 'roles' })
    if (isOfAdministrators(book, tenant, role))
      throw forbidden(`the role ${role} administers: only people give it, one by one`, {
        code: 'staff.administrator-role',
        at: 'roles',
      })
  }
}
