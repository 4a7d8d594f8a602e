/** Consents put together: kept with every write, told to whoever asks, made anew when they must be. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { RoleBook } from '../roles.ts'
import type { ConsentEffect, Consents } from './consent.ts'
import { deriveConsents, rebuildConsents, rebuildOldConsents } from './derive.ts'
import { directiveOf } from './directive.ts'
import { lookOf } from './look.ts'
import { consentsRefusing, refusedBy } from './refusals.ts'

type Needs = {
  readonly database: Database
  readonly records: Records
  readonly runtime: Runtime
  readonly roles: Pick<RoleBook, 'list'>
  /** Told of each commit that makes rules. */
  readonly noted: (tenant: TenantId) => void
}

/** From now on what is written as a Consent acts with the commit of the write. */
export function createConsents(needs: Needs): Consents {
  const { database, records, runtime, roles, noted } = needs
  const { timeZone } = runtime
  records.deriveFrom('Consent', async (unit, versions) => {
    await deriveConsents(unit, versions, timeZone)
    unit.transaction.afterCommit(() => noted(unit.tenant))
  })
  return {
    directiveOf: (consent) => directiveOf(consent, timeZone),
    refusing: (actor, { type, id }) =>
      consentsRefusing(database, { tenant: actor.tenant, type, id }, lookOf(actor, runtime.now())),
    effectsOnRoles: (tenant, patient) => effectsOnRoles(needs, tenant, patient),
    roles: async (tenant) => (await lookingRoles(roles, tenant)).map(({ id, title }) => ({ id, title })),
    rebuild: (tenant) => rebuildConsents({ records, runtime }, tenant),
    rebuildOld: () => rebuildOldConsents({ records, runtime }, database),
  }
}

async function effectsOnRoles(
  { database, runtime, roles }: Needs,
  tenant: TenantId,
  patient: string,
): Promise<readonly ConsentEffect[]> {
  const at = runtime.now()
  const effects: ConsentEffect[] = []
  for (const { id: role, title } of await lookingRoles(roles, tenant)) {
    const look = lookOf({ ...nobody, tenant, roles: [role] }, at)
    const rows = await database.query(sql<Omit<ConsentEffect, 'role' | 'title'>>`
      select refusing.consent, row.type::text as type, count(*)::integer as resources
      from records.current as row, ${refusedBy(sql`row`, look)} as refusing(consent)
      where row.tenant = ${tenant} and row.patient = ${patient} and not row.deleted
      group by refusing.consent, row.type
      order by refusing.consent, row.type::text`)
    effects.push(...rows.map((row) => ({ role, title, ...row })))
  }
  return effects
}

async function lookingRoles(roles: Needs['roles'], tenant: TenantId) {
  return (await roles.list(tenant)).filter(({ records }) => records.length > 0)
}

/** A person of whom nothing is known but a role. */
const nobody = { kind: 'user', id: 'nobody', reference: 'user/nobody', scopes: [], display: '' } as const
