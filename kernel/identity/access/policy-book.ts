/** Policies of institutions as this process last read them: forgotten when the log tells of a change, and after seconds in any case. */
import { type Database, sql } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import { epochMs } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { believedMs } from '../settings.ts'
import type { PatientScope, Policy } from './policy.ts'

export interface PolicyBook {
  /** Active policies; a promise where they must be read first. */
  of(tenant: TenantId): readonly Policy[] | Promise<readonly Policy[]>
  /** All of them, as they stand now. */
  list(tenant: TenantId): Promise<readonly Policy[]>
  forget(): void
}

/** What a change of policies states, for every process. */
export const policySaved = 'identity.policy-saved'
export const policyRemoved = 'identity.policy-removed'

type Page = { readonly atMs: number; readonly active: readonly Policy[] }

/** The policies of all institutions of this process. */
export function createPolicyBook({
  database,
  events,
  runtime,
}: {
  readonly database: Database
  readonly events: EventLog
  readonly runtime: Runtime
}): PolicyBook {
  const pages = new Map<TenantId, Page>()
  events.follow((entries) => {
    for (const { kind, tenant } of entries)
      if (kind === policySaved || kind === policyRemoved) pages.delete(tenant)
  })
  const load = async (tenant: TenantId) => {
    const atMs = epochMs(runtime.now())
    const active = (await policiesOf(database, tenant)).filter(({ isActive }) => isActive)
    pages.set(tenant, { atMs, active })
    return active
  }
  return {
    of(tenant) {
      const page = pages.get(tenant)
      const isFresh = page && Math.abs(epochMs(runtime.now()) - page.atMs) <= believedMs
      return isFresh ? page.active : load(tenant)
    },
    list: (tenant) => policiesOf(database, tenant),
    forget: () => pages.clear(),
  }
}

type Row = Omit<Policy, 'title' | 'patients'> & {
  readonly zh: string
  readonly en: string
  readonly patients: PatientScope
}

async function policiesOf(database: Database, tenant: TenantId): Promise<readonly Policy[]> {
  const rows = await database.query(sql<Row>`
    select id, title_zh as zh, title_en as en, role, types, interactions, patients, after_days as "afterDays", purposes,
      hidden, is_active as "isActive"
    from access.policy
    where tenant = ${tenant}
    order by role, id`)
  return rows.map(({ zh, en, ...policy }) => ({ ...policy, title: { zh, en } }))
}
