/** An institution's own roles, made beside the built-in ones. */
import { sql } from '@xinglin/database'
import { conflict, forbidden, invalid, notFound } from '@xinglin/fhir'
import { type Administration, administer, inspect, refuseWithoutReason } from './administer.ts'
import { administering } from './administrators.ts'
import type { ByTwo } from './approvals/by-two.ts'
import { builtInRoles } from './built-in-roles.ts'
import type { Actor, Role, Roles } from './identity.ts'
import { allowsPermission, compileRights, coversRights, isPermissionRight, isRecordRight } from './rights.ts'
import type { RoleBook } from './roles.ts'
import type { SessionStore } from './sessions.ts'

export type RoleParts = Administration & {
  readonly roles: RoleBook
  readonly sessions: SessionStore
  readonly byTwo: ByTwo
}

const permission = 'administration.roles.write'
const builtIn = new Set(builtInRoles.map((role) => role.id))

export function createRoles(parts: RoleParts): Roles {
  const standing = async (by: Actor, id: string) => {
    const found = (await parts.roles.list(by.tenant)).find((role) => role.id === id)
    return found ? { role: found } : {}
  }
  const save = parts.byTwo.guard<Omit<Role, 'isBuiltIn'> & { reason: string }>({
    kind: 'roles.save',
    permission,
    subject: ({ id }) => ({ type: 'Role', id: id.slice(0, 64) }),
    before: (_, by, role) => {
      refuseBrokenRole(role)
      return standing(by, role.id)
    },
    act: (by, role) => saveRole(parts, by, role),
  })
  return {
    list: (by) =>
      inspect(parts, by, {
        permission: 'administration.roles.read',
        detail: 'list',
        get: () => parts.roles.list(by.tenant),
      }),
    save: (by, role) => save(by, { ...role, reason: role.reason ?? `role ${role.id}` }),
    remove: parts.byTwo.guard({
      kind: 'roles.remove',
      permission,
      subject: ({ id }) => ({ type: 'Role', id: id.slice(0, 64) }),
      before: (_, by, { id }) => standing(by, id),
      act: (by, act) => removeRole(parts, by, act),
    }),
  }
}

async function saveRole(
  parts: RoleParts,
  by: Actor,
  role: Omit<Role, 'isBuiltIn'> & { reason: string },
): Promise<void> {
  refuseBrokenRole(role)
  const { id, title, records, permissions } = role
  await administer(parts, by, {
    permission,
    kind: 'identity.role-saved',
    subject: { type: 'Role', id },
    reason: refuseWithoutReason(role.reason),
    data: { records, permissions },
    work: async (transaction) => {
      await refuseMixed(parts, by, role)
      if (!by.approval) refuseBeyondOwn(parts, by, role)
      await transaction.query(sql`
        insert into identity.role (tenant, id, title_zh, title_en, records, permissions)
        values (${by.tenant}, ${id}, ${title.zh}, ${title.en}, ${records}, ${permissions})
        on conflict (tenant, id) do update set
          title_zh = excluded.title_zh, title_en = excluded.title_en,
          records = excluded.records, permissions = excluded.permissions`)
      transaction.afterCommit(() => forget(parts))
    },
  })
}

async function removeRole(
  parts: RoleParts,
  by: Actor,
  { id, reason }: { id: string; reason: string },
): Promise<void> {
  refuseBuiltIn(id)
  await administer(parts, by, {
    permission,
    kind: 'identity.role-removed',
    subject: { type: 'Role', id },
    reason: refuseWithoutReason(reason),
    work: async (transaction) => {
      const holders = await transaction.query(sql`
        select id
        from identity.account
        where tenant = ${by.tenant}
        and ${id} = any (roles)
        limit 1`)
      if (holders.length > 0)
        throw conflict(`somebody still has the role ${id}: take it from them first`, {
          code: 'identity.role-held',
        })
      const removed = await transaction.query(sql`
        delete from identity.role
        where tenant = ${by.tenant}
        and id = ${id}
        returning id`)
      if (removed.length === 0)
        throw notFound(`there is no role ${id.slice(0, 64)}`, { code: 'identity.no-role', at: 'id' })
      transaction.afterCommit(() => forget(parts))
    },
  })
}

function forget({ roles, sessions }: RoleParts): void {
  roles.forget()
  sessions.forget()
}

function refuseBrokenRole({ id, title, records, permissions }: Omit<Role, 'isBuiltIn'>): void {
  refuseBuiltIn(id)
  if (!/^[a-z][a-z0-9-]{1,39}$/.test(id))
    throw invalid('a role id has 2 to 40 lower-case letters, digits or hyphens', {
      code: 'identity.role',
      at: 'id',
    })
  if (title.zh.trim() === '' || title.en.trim() === '' || title.zh.length > 60 || title.en.length > 60)
    throw invalid('a role has a title of 1 to 60 characters in Chinese and in English', {
      code: 'identity.role',
      at: 'title',
    })
  const wrongRecord = records.find((right) => !isRecordRight(right))
  if (wrongRecord !== undefined)
    throw invalid(`${wrongRecord.slice(0, 80)} is no right on the record: Observation.rs or *.cruds is`, {
      code: 'identity.role',
      at: 'records',
    })
  const wrongPermission = permissions.find((right) => !isPermissionRight(right))
  if (wrongPermission !== undefined)
    throw invalid(
      `${wrongPermission.slice(0, 80)} is no permission: integration.messages.read or integration.* is`,
      {
        code: 'identity.role',
        at: 'permissions',
      },
    )
}

function refuseBuiltIn(id: string): void {
  if (!builtIn.has(id)) return
  throw conflict(`the role ${id} is built in: copy it under another id`, {
    code: 'identity.role-built-in',
    at: 'id',
  })
}

/** Where administrators are separate, what only they may do stands in their own roles alone. */
async function refuseMixed(
  { byTwo }: RoleParts,
  by: Actor,
  role: Pick<Role, 'records' | 'permissions'>,
): Promise<void> {
  if (!(await byTwo.isOn(by))) return
  const rights = compileRights(role.records, role.permissions)
  const held = administering.find((each) => allowsPermission(rights, each))
  if (held === undefined) return
  throw conflict(`${held} belongs to the administrators, who are separate here`, {
    code: 'approvals.mixed-roles',
    at: 'permissions',
  })
}

function refuseBeyondOwn({ roles }: RoleParts, by: Actor, role: Omit<Role, 'isBuiltIn'>): void {
  if (by.kind === 'system' || by.roles.includes('administrator')) return
  const own = roles.rightsOf(by.tenant, by.roles)
  if (coversRights(own, compileRights(role.records, role.permissions))) return
  const beyond = role.permissions.find((held) => !allowsPermission(own, held)) ?? 'some of these rights'
  throw forbidden(`you do not hold ${beyond} yourself and cannot give it`, {
    code: 'identity.beyond-own-rights',
  })
}
