/** What a write of SearchParameter resources means for the index: learnt, learnt anew or forgotten in the same transaction. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type OwnParameter, ownParameter } from '@xinglin/fhir/search'
import type { Version } from '../records.ts'
import { parseVersion } from '../versions.ts'

/** Stores what the written versions define; tells whether any is a SearchParameter. */
export async function learnParameters(
  to: Queryable,
  tenant: TenantId,
  versions: readonly Version[],
): Promise<boolean> {
  const written = versions.filter(({ type }) => type === 'SearchParameter')
  for (const version of written) {
    const own =
      version.interaction === 'delete' ? undefined : ownParameter(parseVersion(version, 'SearchParameter'))
    if (own)
      await learn(to, { tenant, id: version.id }, await withoutDouble(to, { tenant, id: version.id }, own))
    else await forget(to, { tenant, id: version.id })
  }
  return written.length > 0
}

type Identity = { readonly tenant: TenantId; readonly id: string }

async function withoutDouble(
  to: Queryable,
  { tenant, id }: Identity,
  own: OwnParameter,
): Promise<OwnParameter> {
  if (own.kind === 'refused') return own
  const [other] = await to.query(sql<{ id: string }>`
    select id
    from records.parameter
    where tenant = ${tenant} and id <> ${id} and code = ${own.definition.name}
      and types && ${own.types}::text[] and state <> 'refused'
    limit 1`)
  if (!other) return own
  return {
    kind: 'refused',
    types: own.types,
    code: own.definition.name,
    reason: `SearchParameter/${other.id} has that code already`,
  }
}

/** Announced again where what is indexed has changed; else left as far as it is. */
async function learn(to: Queryable, { tenant, id }: Identity, own: OwnParameter): Promise<void> {
  const isIndexed = own.kind === 'indexed'
  const definition = isIndexed ? sql.json(own.definition) : null
  const reason = isIndexed ? null : own.reason
  await to.query(sql`
    insert into records.parameter (tenant, id, code, types, definition, reason, state)
    values (
      ${tenant}, ${id}, ${isIndexed ? own.definition.name : own.code}, ${own.types}::text[],
      ${definition}::jsonb, ${reason}, ${isIndexed ? 'announced' : 'refused'})
    on conflict (tenant, id) do update
    set code = excluded.code, types = excluded.types, definition = excluded.definition, reason = excluded.reason,
      state = excluded.state, announced = excluded.announced, horizon = null, next = 0, last = 0
    where parameter.definition is distinct from excluded.definition or parameter.types <> excluded.types
      or parameter.reason is distinct from excluded.reason`)
}

async function forget(to: Queryable, { tenant, id }: Identity): Promise<void> {
  await to.query(sql`delete from records.parameter where tenant = ${tenant} and id = ${id}`)
}
