/**
 * Masks of roles, as they are kept and as they are looked up. The log wakes every process when one is set (some 30 ms); where
 * it cannot, 3 s are the bound.
 */
import { type Database, sql } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import { epochMs, invalid } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { demandPermission, refuseWithoutReason } from '../administer.ts'
import type { Audit } from '../audit/audit.ts'
import type { Decide } from '../decide.ts'
import type { Actor } from '../identity.ts'
import type { RoleBook } from '../roles.ts'
import { believedMs } from '../settings.ts'
import { type MaskedField, type Masking, maskedFields, type RoleMask } from './masking.ts'

export type MaskingParts = {
  readonly database: Database
  readonly events: EventLog
  readonly runtime: Runtime
  readonly audit: Audit
  readonly decide: Decide
  readonly roles: Pick<RoleBook, 'list'>
}

type Row = Pick<RoleMask, 'role' | 'fields' | 'hasWatermark'>
type Page = { readonly atMs: number; readonly byRole: ReadonlyMap<string, Row> }

const nothing: ReadonlySet<MaskedField> = new Set()
const maskSet = 'identity.mask-set'

export function createMasking(parts: MaskingParts): Masking {
  const { database, runtime } = parts
  const pages = new Map<TenantId, Page>()
  parts.events.follow((entries) => {
    for (const { kind, tenant } of entries) if (kind === maskSet) pages.delete(tenant)
  })
  const masksOf = async (tenant: TenantId): Promise<Page['byRole']> => {
    const known = pages.get(tenant)
    const atMs = epochMs(runtime.now())
    if (known && Math.abs(atMs - known.atMs) <= believedMs) return known.byRole
    const byRole = new Map((await readMasks(database, tenant)).map((row) => [row.role, row]))
    pages.set(tenant, { atMs, byRole })
    return byRole
  }
  return {
    async fieldsOf({ kind, tenant, roles }) {
      if (kind !== 'user') return nothing
      const byRole = await masksOf(tenant)
      return byRole.size === 0 ? nothing : maskedForAll(roles, byRole)
    },
    async hasWatermark({ kind, tenant, roles }) {
      if (kind !== 'user') return false
      const byRole = await masksOf(tenant)
      return roles.some((role) => byRole.get(role)?.hasWatermark)
    },
    async list(by) {
      demandPermission(parts, by, { action: 'privacy.masking.read' })
      const [rows, titled] = await Promise.all([readMasks(database, by.tenant), parts.roles.list(by.tenant)])
      parts.audit.note(by, { action: 'privacy.masking.read', outcome: 'allowed' })
      return titled.map(({ id, title }) => {
        const row = rows.find(({ role }) => role === id)
        return { role: id, title, fields: row?.fields ?? [], hasWatermark: row?.hasWatermark ?? false }
      })
    },
    async set(by, mask) {
      await setMask(parts, by, mask)
      pages.delete(by.tenant)
    },
  }
}

/** Roles add up: what one of them sees plainly, its holder sees. */
function maskedForAll(roles: readonly string[], byRole: Page['byRole']): ReadonlySet<MaskedField> {
  const fields = maskedFields.filter((field) =>
    roles.every((role) => byRole.get(role)?.fields.includes(field)),
  )
  return roles.length === 0 || fields.length === 0 ? nothing : new Set(fields)
}

function readMasks(database: Database, tenant: TenantId): Promise<readonly Row[]> {
  return database.query(sql<Row>`
    select role, fields, has_watermark as "hasWatermark"
    from consent.mask
    where tenant = ${tenant}
    order by role`)
}

async function setMask(
  parts: MaskingParts,
  by: Actor,
  { role, fields, hasWatermark, reason: given }: Parameters<Masking['set']>[1],
): Promise<void> {
  demandPermission(parts, by, { action: 'privacy.masking.write', resourceId: role })
  const reason = refuseWithoutReason(given)
  const known = await parts.roles.list(by.tenant)
  if (!known.some(({ id }) => id === role))
    throw invalid(`there is no role ${role.slice(0, 64)}`, { code: 'consent.mask-role', at: 'role' })
  await parts.database.transaction(async (transaction) => {
    await transaction.query(sql`
      insert into consent.mask (tenant, role, fields, has_watermark)
      values (${by.tenant}, ${role}, ${[...new Set(fields)]}::text[], ${hasWatermark})
      on conflict (tenant, role) do update set fields = excluded.fields, has_watermark = excluded.has_watermark`)
    const detail = `${role}: ${fields.join(', ') || 'nothing'} masked, watermark ${hasWatermark ? 'on' : 'off'} · ${reason}`
    const access = { action: 'privacy.masking.write', resourceType: 'Role', resourceId: role }
    parts.audit.write(transaction, by, [{ ...access, outcome: 'allowed', detail }])
    const data = { role, fields, hasWatermark, reason }
    parts.events.append(transaction, { tenant: by.tenant, actor: by.reference }, [{ kind: maskSet, data }])
  })
}
