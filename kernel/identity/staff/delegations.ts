/** Departments entrusted to somebody, with the roles that he may give there. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type Instant, invalid, notFound } from '@xinglin/fhir'
import { administer, inspect, refuseWithoutReason } from '../administer.ts'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { noteChange } from './changes.ts'
import type { StaffParts } from './parts.ts'
import { placeNames } from './places.ts'
import { refuseRolesOfAdministrators } from './role-lists.ts'
import type { Delegation, Staff } from './staff.ts'

export function createDelegations(
  parts: StaffParts,
): Pick<Staff, 'delegations' | 'delegate' | 'endDelegation'> {
  const { runtime } = parts
  return {
    delegations: (by) =>
      inspect(parts, by, {
        permission: 'administration.people.read',
        detail: 'departments entrusted',
        get: () => listDelegations(parts, by.tenant),
      }),
    delegate: (by, act) => delegate(parts, by, act),
    endDelegation: (by, { account, department, reason }) =>
      administer(parts, by, {
        permission: 'administration.people.write',
        kind: 'identity.department-taken',
        subject: { type: 'Account', id: account },
        data: { department },
        reason: refuseWithoutReason(reason),
        work: async (transaction) => {
          const gone = await transaction.query(sql`
            delete from staff.delegation
            where tenant = ${by.tenant} and account = ${account} and department = ${department}
            returning account`)
          if (gone.length === 0)
            throw notFound('this department is not entrusted to this person', { code: 'staff.no-delegation' })
          const detail = { department }
          noteChange(transaction, runtime, by, { account, what: 'department-taken', reason, detail })
        },
      }),
  }
}

async function delegate(
  parts: StaffParts,
  by: Actor,
  { account, department, roles, reason }: Parameters<Staff['delegate']>[1],
): Promise<void> {
  await administer(parts, by, {
    permission: 'administration.people.write',
    kind: 'identity.department-entrusted',
    subject: { type: 'Account', id: account },
    data: { department, roles },
    reason: refuseWithoutReason(reason),
    work: async (transaction) => {
      await refuseRolesOfAdministrators(parts, by.tenant, roles)
      await refuseUnknown(transaction, by.tenant, { account, department })
      await transaction.query(sql`
        insert into staff.delegation (tenant, account, department, roles, given, given_by)
        values (${by.tenant}, ${account}, ${department}, ${[...new Set(roles)]},
          ${parts.runtime.now()}::timestamptz, ${by.reference})
        on conflict (tenant, account, department) do update
        set roles = excluded.roles, given = excluded.given, given_by = excluded.given_by`)
      const detail = { department, roles }
      noteChange(transaction, parts.runtime, by, { account, what: 'department-entrusted', reason, detail })
    },
  })
}

async function refuseUnknown(
  from: Queryable,
  tenant: TenantId,
  { account, department }: { readonly account: string; readonly department: string },
): Promise<void> {
  const [found] = await from.query(sql<{ isPerson: boolean; isPlace: boolean }>`
    select
      exists (select from identity.account where tenant = ${tenant} and id = ${account} and disabled is null)
        as "isPerson",
      exists (select from staff.place where tenant = ${tenant} and type = 'Organization' and id = ${department})
        as "isPlace"`)
  if (!found?.isPerson) throw invalid('there is no such person', { code: 'staff.no-person', at: 'account' })
  if (!found.isPlace)
    throw invalid('there is no such department', { code: 'staff.no-place', at: 'department' })
}

async function listDelegations(
  { database, runtime }: StaffParts,
  tenant: TenantId,
): Promise<readonly Delegation[]> {
  const rows = await database.query(sql<
    Omit<Delegation, 'department'> & { department: string; given: Instant }
  >`
    select delegation.account, account.login, account.display, department, delegation.roles, given
    from staff.delegation
    join identity.account on account.id = delegation.account
    where delegation.tenant = ${tenant}
    order by lower(account.login), department`)
  const places = await placeNames(database, tenant)
  return rows.map((row) => ({
    ...row,
    given: localInstant(row.given, runtime.timeZone) ?? row.given,
    department: places('Organization', row.department),
  }))
}
