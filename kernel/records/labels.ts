/**
 * R4 resource-operation-meta on a type or the whole system: which profiles, security labels and tags stand on what was
 * written last. Bounded, because labels stand in every resource: the newest 10,000 of a type, 1,000 of each type together.
 */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import { type Seeing, seenOfAll } from './search/row-filter-sql.ts'

/** Looked at for one type: 0.2 s. */
const newestOfType = 10_000
/** Looked at for each of all types. */
const newestOfEach = 1_000

export type Label = { readonly system?: string; readonly code?: string; readonly display?: string }
export type Labels = {
  readonly profile: readonly string[]
  readonly security: readonly Label[]
  readonly tag: readonly Label[]
}

type LabelRow = { readonly kind: keyof Labels; readonly label: string | Label }

/** Each label once, sorted; `type` absent for all types. */
export async function labelsInUse(
  from: Queryable,
  seeing: Seeing,
  type: ResourceType | undefined,
): Promise<Labels> {
  const rows = await from.query(sql<LabelRow>`
    with newest as materialized (
      select latest.content::jsonb -> 'meta' as meta
      from unnest(enum_range(null::records.resource_type)) as each (type)
      cross join lateral (
        select content
        from records.current
        where tenant = ${seeing.tenant} and type = each.type and not deleted${seenOfAll(seeing, sql.id('current'), type && [type])}
        order by updated desc
        limit ${type ? newestOfType : newestOfEach}
      ) as latest
      where ${type ?? null}::records.resource_type is null or each.type = ${type ?? null}::records.resource_type
    )
    select kind, label
    from newest
    cross join lateral (values ('profile'), ('security'), ('tag')) as kinds (kind)
    cross join lateral jsonb_array_elements(coalesce(meta -> kind, '[]')) as label
    group by kind, label
    order by kind, label`)
  const labelsOf = (kind: keyof Labels) => rows.filter((row) => row.kind === kind).map(({ label }) => label)
  const isCoding = (label: string | Label) => typeof label === 'object'
  return {
    profile: labelsOf('profile').filter((label) => typeof label === 'string'),
    security: labelsOf('security').filter(isCoding),
    tag: labelsOf('tag').filter(isCoding),
  }
}

/** Whether anything of an institution bears a security label. */
export async function areLabelled(from: Queryable, tenant: TenantId): Promise<boolean> {
  const [row] = await from.query(sql<{ areLabelled: boolean }>`
    select exists (
      select from records.current where tenant = ${tenant} and labels is not null
    ) as "areLabelled"`)
  return row?.areLabelled ?? false
}
