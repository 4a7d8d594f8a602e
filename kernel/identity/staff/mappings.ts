/** Which roles a title gives in a department: data that the house keeps. */
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { invalid, notFound } from '@xinglin/fhir'
import { administer, inspect, refuseWithoutReason } from '../administer.ts'
import type { Actor } from '../identity.ts'
import type { StaffParts } from './parts.ts'
import { refuseRolesOfAdministrators } from './role-lists.ts'
import { mappingsOf, settleAll } from './settle.ts'
import type { Mapping, Staff } from './staff.ts'

export function createMappings(parts: StaffParts): Pick<Staff, 'mappings' | 'saveMapping' | 'removeMapping'> {
  return {
    mappings: (by) =>
      inspect(parts, by, {
        permission: 'administration.roles.read',
        detail: 'titles and roles',
        get: () => mappingsOf(parts.database, by.tenant),
      }),
    saveMapping: parts.byTwo.guard<Parameters<Staff['saveMapping']>[1]>({
      kind: 'staff.mapping',
      permission: 'administration.roles.write',
      subject: ({ id, title, department }) => ({
        type: 'Mapping',
        id: (id ?? [title, department].filter(Boolean).join(' ')).slice(0, 64),
      }),
      async before(from, by, { id, roles }) {
        await refuseRolesOfAdministrators(parts, by.tenant, roles)
        return { ...(await mappingsOf(from, by.tenant)).find((mapping) => mapping.id === id) }
      },
      act: (by, mapping) => saveMapping(parts, by, mapping),
    }),
    removeMapping: parts.byTwo.guard<{ id: string; reason: string }>({
      kind: 'staff.mapping.remove',
      permission: 'administration.roles.write',
      subject: ({ id }) => ({ type: 'Mapping', id: id.slice(0, 64) }),
      before: async (from, by, { id }) => ({
        ...(await mappingsOf(from, by.tenant)).find((mapping) => mapping.id === id),
      }),
      act: (by, { id, reason }) => removeMapping(parts, by, { id, reason }),
    }),
  }
}

async function removeMapping(
  parts: StaffParts,
  by: Actor,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<void> {
  await administer(parts, by, {
    permission: 'administration.roles.write',
    kind: 'identity.staff-mapping-removed',
    subject: { type: 'Mapping', id },
    reason: refuseWithoutReason(reason),
    work: async (transaction) => {
      const gone = await transaction.query(sql`
            delete from staff.mapping where tenant = ${by.tenant} and id = ${id} returning id`)
      if (gone.length === 0) throw notFound('there is no such rule', { code: 'staff.no-mapping', at: 'id' })
      await settleEverybody(parts, transaction, by.tenant)
    },
  })
}

async function saveMapping(
  parts: StaffParts,
  by: Actor,
  { id: given, title, department, roles, reason }: Parameters<Staff['saveMapping']>[1],
): Promise<void> {
  const id = given ?? parts.runtime.newId()
  await administer(parts, by, {
    permission: 'administration.roles.write',
    kind: 'identity.staff-mapping-saved',
    subject: { type: 'Mapping', id },
    reason: refuseWithoutReason(reason),
    data: { roles, ...(title ? { title } : {}), ...(department ? { department } : {}) },
    work: async (transaction) => {
      await refuseRolesOfAdministrators(parts, by.tenant, roles)
      await refuseTaken(transaction, by.tenant, {
        id,
        roles,
        ...(title ? { title } : {}),
        ...(department ? { department } : {}),
      })
      await transaction.query(sql`
        insert into staff.mapping (tenant, id, title, department, roles, changed, changed_by)
        values (${by.tenant}, ${id}, ${title}, ${department}, ${[...new Set(roles)]},
          ${parts.runtime.now()}::timestamptz, ${by.reference})
        on conflict (tenant, id) do update
        set title = excluded.title, department = excluded.department, roles = excluded.roles,
          changed = excluded.changed, changed_by = excluded.changed_by`)
      await settleEverybody(parts, transaction, by.tenant)
    },
  })
}

async function refuseTaken(transaction: Transaction, tenant: TenantId, { id, title, department }: Mapping) {
  const taken = await transaction.query(sql`
    select id
    from staff.mapping
    where tenant = ${tenant} and id <> ${id}
    and title is not distinct from ${title}::text and department is not distinct from ${department}::text`)
  if (taken.length > 0)
    throw invalid('there is a rule for this title and department already: change that one', {
      code: 'staff.mapping-twice',
      at: 'title',
    })
}

async function settleEverybody(parts: StaffParts, transaction: Transaction, tenant: TenantId): Promise<void> {
  const bound = await transaction.query(sql<{ practitioner: string }>`
    select distinct practitioner from staff.bound where tenant = ${tenant}`)
  const practitioners = bound.map(({ practitioner }) => practitioner)
  await settleAll(parts, transaction, { tenant, practitioners })
}
