/** Roles: the built-in ones from the table, each institution's own ones from the database, both compiled to rights. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { builtInRoles } from './built-in-roles.ts'
import type { Role } from './identity.ts'
import { compileRights, joinRights, type Rights } from './rights.ts'
import { believedMs } from './settings.ts'

export interface RoleBook {
  /** Rights of some roles together, as last looked up; an unknown role gives none. */
  rightsOf(tenant: TenantId, roles: readonly string[]): Rights
  /** Looks the tenant's roles up where that was too long ago; every sign-in and session calls it. */
  refresh(tenant: TenantId): Promise<void>
  list(tenant: TenantId): Promise<readonly Role[]>
  /** Makes the next `refresh` look up. */
  forget(): void
}

type Page = { readonly at: number; readonly own: readonly Role[]; readonly joined: Map<string, Rights> }

/** Combinations of roles whose rights are kept joined (a decision: 3.2 µs without, 0.14 µs with, Node 24). */
const rememberedRoleLists = 1_000

const builtInRights = new Map(builtInRoles.map((role) => [role.id, compile(role)]))

export function createRoleBook({ database, runtime }: { database: Database; runtime: Runtime }): RoleBook {
  const pages = new Map<TenantId, Page>()
  const notLookedUp: Page = { at: Number.NEGATIVE_INFINITY, own: [], joined: new Map() }
  const nowMs = () => epochMs(runtime.now())

  const load = async (tenant: TenantId): Promise<Page> => {
    const page = { at: nowMs(), own: await ownRoles(database, tenant), joined: new Map<string, Rights>() }
    pages.set(tenant, page)
    return page
  }

  return {
    rightsOf(tenant, roles) {
      const page = pages.get(tenant) ?? notLookedUp
      const key = roles.join(' ')
      const known = page.joined.get(key)
      if (known) return known
      const rights = joinRights(roles.flatMap((role) => rightsOfRole(page.own, role)))
      if (page.joined.size >= rememberedRoleLists) page.joined.clear()
      page.joined.set(key, rights)
      return rights
    },
    async refresh(tenant) {
      const page = pages.get(tenant)
      if (!page || Math.abs(nowMs() - page.at) > believedMs) await load(tenant)
    },
    async list(tenant) {
      return [...builtInRoles, ...(await load(tenant)).own]
    },
    forget: () => pages.clear(),
  }
}

function rightsOfRole(own: readonly Role[], id: string): readonly Rights[] {
  const builtIn = builtInRights.get(id)
  if (builtIn) return [builtIn]
  return own.filter((role) => role.id === id).map(compile)
}

function compile(role: Role): Rights {
  return compileRights(role.records, role.permissions)
}

type RoleRow = Pick<Role, 'id' | 'records' | 'permissions'> & { readonly zh: string; readonly en: string }

async function ownRoles(database: Database, tenant: TenantId): Promise<readonly Role[]> {
  const rows = await database.query(sql<RoleRow>`
    select id, title_zh as zh, title_en as en, records, permissions
    from identity.role
    where tenant = ${tenant}
    order by id`)
  return rows.map(({ zh, en, ...role }) => ({ ...role, title: { zh, en }, isBuiltIn: false }))
}
