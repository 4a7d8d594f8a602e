/** Whether an institution keeps its administrators apart, and who of them there are. */
import { type Database, type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict, epochMs } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { believedMs } from '../settings.ts'
import { type SeparateAdministrator, separateAdministrators } from './approvals.ts'

export const soleAdministrator = 'administrator'
const isSeparate = (role: string): role is SeparateAdministrator =>
  separateAdministrators.some((each) => each === role)

/** One approves, another asks: the changes of roles by a security administrator need a second one. */
const leastHolders: Readonly<Record<SeparateAdministrator, number>> = {
  'system-administrator': 1,
  'security-administrator': 2,
  'audit-administrator': 1,
}

export interface Separation {
  /** Believed for three seconds; what is decided within a transaction asks `isOnNow`. */
  isOn(tenant: TenantId): Promise<boolean>
  forget(): void
}

export function createSeparation({
  database,
  runtime,
}: {
  database: Database
  runtime: Runtime
}): Separation {
  const known = new Map<TenantId, { readonly isOn: boolean; readonly atMs: number }>()
  return {
    async isOn(tenant) {
      const nowMs = epochMs(runtime.now())
      const look = known.get(tenant)
      if (look && Math.abs(nowMs - look.atMs) <= believedMs) return look.isOn
      const isOn = await isOnNow(database, tenant)
      known.set(tenant, { isOn, atMs: nowMs })
      return isOn
    },
    forget: () => known.clear(),
  }
}

export async function isOnNow(from: Queryable, tenant: TenantId): Promise<boolean> {
  const rows = await from.query(sql`select from approvals.separation where tenant = ${tenant}`)
  return rows.length > 0
}

/** Throws `conflict` (`approvals.exclusive`): nobody is two of the administrators, separated or not. */
export function refuseTwoAdministrators(roles: readonly string[]): void {
  const held = new Set(roles.filter((role) => role === soleAdministrator || isSeparate(role)))
  if (held.size < 2) return
  throw conflict('the rights of the administrators exclude one another: nobody has two of them', {
    code: 'approvals.exclusive',
    at: 'roles',
  })
}

export type Holders = Readonly<Record<SeparateAdministrator | 'administrator', readonly string[]>>

/** Names of the active accounts that hold each. */
export async function holdersOf(from: Queryable, tenant: TenantId): Promise<Holders> {
  const roles = [...separateAdministrators, soleAdministrator]
  const rows = await from.query(sql<{ role: string; display: string }>`
    select role, account.display
    from identity.account
    cross join lateral unnest(account.roles) as role
    where tenant = ${tenant} and disabled is null and role = any (${roles})
    order by account.display, account.id`)
  const of = (role: string) => rows.filter((row) => row.role === role).map(({ display }) => display)
  return {
    administrator: of(soleAdministrator),
    'system-administrator': of('system-administrator'),
    'security-administrator': of('security-administrator'),
    'audit-administrator': of('audit-administrator'),
  }
}

/** Who is missing before the administrators can be separated. */
export function missingIn(holders: Holders): readonly SeparateAdministrator[] {
  return separateAdministrators.filter((role) => holders[role].length < leastHolders[role])
}

/** Throws `conflict` where a separated institution would be left without one of its administrators. */
export async function refuseLastOfThem(from: Queryable, tenant: TenantId): Promise<void> {
  if (!(await isOnNow(from, tenant))) return
  const holders = await holdersOf(from, tenant)
  const none = separateAdministrators.find((role) => holders[role].length === 0)
  if (none === undefined) return
  throw conflict(`this is the last ${none}: make another one first`, { code: 'identity.last-administrator' })
}
