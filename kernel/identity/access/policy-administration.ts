/** Policies as administrators keep them, and the answer to why somebody sees a resource or not. */
import { sql } from '@xinglin/database'
import { conflict, notFound } from '@xinglin/fhir'
import { type Administration, administer, inspect, refuseWithoutReason } from '../administer.ts'
import type { Carried } from '../approvals/approvals.ts'
import type { ByTwo } from '../approvals/by-two.ts'
import type { Actor, Role } from '../identity.ts'
import type { RoleBook } from '../roles.ts'
import { broken, refuseBroken } from './check-policy.ts'
import type { Access } from './create-access.ts'
import type { Policy } from './policy.ts'
import { policyRemoved, policySaved } from './policy-book.ts'
import { keepVersion, type PolicyVersion, removedPolicies, versionsOf } from './policy-versions.ts'

/** What the administration of access demands; apps/access declares these. */
export const accessPermissions = [
  { id: 'access.policies.read', title: { zh: '查看访问策略', en: 'See access policies' } },
  { id: 'access.policies.write', title: { zh: '管理访问策略', en: 'Administer access policies' } },
  { id: 'access.decisions.explain', title: { zh: '解释访问决定', en: 'Explain decisions of access' } },
] as const

export type Policies = {
  list(by: Actor): Promise<readonly Policy[]>
  /** Roles that a policy may name, for who may see policies. */
  roles(by: Actor): Promise<readonly Pick<Role, 'id' | 'title'>[]>
  /** What it was at each time, newest first. */
  versions(by: Actor, id: string): Promise<readonly PolicyVersion[]>
  /** Those that stand no more, as they were last. */
  removed(by: Actor): Promise<readonly Policy[]>
  /** Makes or changes a policy; acts in every process within a second, on work that goes on too. */
  save(by: Actor, act: { readonly policy: Policy; readonly reason: string }): Promise<Carried>
  remove(by: Actor, act: { readonly id: string; readonly reason: string }): Promise<Carried>
}

const mostIdCharacters = 64

type Needs = Administration & {
  readonly roles: RoleBook
  readonly access: Pick<Access, 'book'>
  readonly byTwo: ByTwo
}

/** Administration of policies; each act is decided, audited and stated in the log. */
export function createPolicies(needs: Needs): Policies {
  const { book } = needs.access
  const standing = async (by: Actor, id: string) => {
    const found = (await book.list(by.tenant)).find((policy) => policy.id === id)
    return found ? { policy: found } : {}
  }
  return {
    list: (by) =>
      inspect(needs, by, {
        permission: 'access.policies.read',
        detail: 'list',
        get: () => book.list(by.tenant),
      }),
    roles: (by) =>
      inspect(needs, by, {
        permission: 'access.policies.read',
        detail: 'roles',
        get: async () => {
          const roles = await needs.roles.list(by.tenant)
          return roles.filter(({ id }) => id !== 'administrator').map(({ id, title }) => ({ id, title }))
        },
      }),
    versions: (by, id) =>
      inspect(needs, by, {
        permission: 'access.policies.read',
        detail: `versions of ${id.slice(0, mostIdCharacters)}`,
        get: () => versionsOf(needs.database, by.tenant, id),
      }),
    removed: (by) =>
      inspect(needs, by, {
        permission: 'access.policies.read',
        detail: 'removed',
        get: () => removedPolicies(needs.database, by.tenant),
      }),
    save: needs.byTwo.guard({
      kind: 'policies.save',
      permission: 'access.policies.write',
      subject: ({ policy }) => ({ type: 'Policy', id: policy.id }),
      before: (_, by, { policy }) => {
        refuseBroken(policy)
        return standing(by, policy.id)
      },
      act: (by, act) => save(needs, by, act),
    }),
    remove: needs.byTwo.guard({
      kind: 'policies.remove',
      permission: 'access.policies.write',
      subject: ({ id }) => ({ type: 'Policy', id: id.slice(0, mostIdCharacters) }),
      before: (_, by, { id }) => standing(by, id),
      act: (by, act) => remove(needs, by, act),
    }),
  }
}

async function remove(
  needs: Needs,
  by: Actor,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<void> {
  await administer(needs, by, {
    permission: 'access.policies.write',
    kind: policyRemoved,
    subject: { type: 'Policy', id: id.slice(0, mostIdCharacters) },
    reason: refuseWithoutReason(reason),
    work: async (transaction) => {
      const removed = await transaction.query(sql`
            delete from access.policy
            where tenant = ${by.tenant} and id = ${id}
            returning id`)
      if (removed.length === 0)
        throw notFound(`there is no policy ${id.slice(0, mostIdCharacters)}`, {
          code: 'access.no-policy',
          at: 'id',
        })
      await keepVersion(transaction, by, { id, policy: null, reason })
      transaction.afterCommit(needs.access.book.forget)
    },
  })
}

async function save(
  needs: Needs,
  by: Actor,
  { policy, reason }: { readonly policy: Policy; readonly reason: string },
): Promise<void> {
  refuseBroken(policy)
  const { id, title, ...rest } = policy
  await administer(needs, by, {
    permission: 'access.policies.write',
    kind: policySaved,
    subject: { type: 'Policy', id },
    reason: refuseWithoutReason(reason),
    data: { policy: { title, ...rest } },
    work: async (transaction) => {
      await refuseUnknownRole(needs, by, policy.role)
      await transaction.query(sql`
        insert into access.policy (
          tenant, id, title_zh, title_en, role, types, interactions, patients, after_days, purposes, hidden, is_active,
          changed, changed_by)
        values (
          ${by.tenant}, ${id}, ${title.zh}, ${title.en}, ${policy.role}, ${policy.types}, ${policy.interactions},
          ${policy.patients}, ${policy.afterDays}, ${policy.purposes}, ${policy.hidden}, ${policy.isActive},
          clock_timestamp(), ${by.reference})
        on conflict (tenant, id) do update set
          title_zh = excluded.title_zh, title_en = excluded.title_en, role = excluded.role, types = excluded.types,
          interactions = excluded.interactions, patients = excluded.patients, after_days = excluded.after_days,
          purposes = excluded.purposes, hidden = excluded.hidden, is_active = excluded.is_active,
          changed = excluded.changed, changed_by = excluded.changed_by`)
      await keepVersion(transaction, by, { id, policy, reason })
      transaction.afterCommit(needs.access.book.forget)
    },
  })
}

async function refuseUnknownRole({ roles }: Needs, { tenant }: Actor, role: string): Promise<void> {
  if (role === '*' || /^client\/[\w.-]{1,64}$/.test(role)) return
  const known = await roles.list(tenant)
  if (role === 'administrator')
    throw conflict('the administrator of the first start is bound by no policy', {
      code: 'access.policy',
      at: 'role',
    })
  if (!known.some(({ id }) => id === role)) throw broken('role', 'a role, * or client/<id>')
}
