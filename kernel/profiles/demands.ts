/** What an institution asks of its writes: profiles that are required for a type, and what becomes of unknown ones. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Demands, Requirement, Unknown } from './profiles.ts'

type Row = { readonly type: string | null; readonly profile: string | null; readonly unknown: Unknown | null }

/** In one round trip, because the first write of an institution waits for it. */
export async function readDemands(from: Queryable, tenant: TenantId): Promise<Demands> {
  const rows = await from.query(sql<Row>`
    select r.type, r.profile, s.unknown
    from (select ${tenant}::integer as tenant) asked
    left join profiles.setting s on s.tenant = asked.tenant
    left join profiles.requirement r on r.tenant = asked.tenant
    order by r.type, r.profile`)
  return {
    required: rows.flatMap(({ type, profile }) => (type && profile ? [{ type, profile }] : [])),
    unknown: rows[0]?.unknown ?? 'warn',
  }
}

export async function addRequirement(
  to: Transaction,
  tenant: TenantId,
  { type, profile }: Requirement,
): Promise<void> {
  await to.query(sql`
    insert into profiles.requirement (tenant, type, profile)
    values (${tenant}, ${type}, ${profile})
    on conflict do nothing`)
}

/** False where it was not required. */
export async function dropRequirement(
  from: Transaction,
  tenant: TenantId,
  profile: string,
): Promise<boolean> {
  const dropped = await from.query(sql<{ type: string }>`
    delete from profiles.requirement
    where tenant = ${tenant} and profile = ${profile}
    returning type`)
  return dropped.length > 0
}

export async function storeUnknown(to: Transaction, tenant: TenantId, unknown: Unknown): Promise<void> {
  await to.query(sql`
    insert into profiles.setting (tenant, unknown)
    values (${tenant}, ${unknown})
    on conflict (tenant) do update set unknown = excluded.unknown`)
}
