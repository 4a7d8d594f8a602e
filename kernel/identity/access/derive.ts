/** Keeps relations and positions beside the resources that say them: with the commit of the write, and anew from the record. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import type { Records, Version } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { positionsOf, relationsOf, relationTypes } from './relations.ts'

/** Raised whenever relations are read in another way: they are then made anew at the next start. */
const derivation = 1
/** Resources of one round of rebuilding. */
const resourcesAtOnce = 500

type Needs = { readonly records: Records; readonly runtime: Runtime }

/** From now on a relation stands with the commit of what says it. */
export function keepRelations({ records, runtime }: Needs): void {
  const { timeZone } = runtime
  for (const type of relationTypes)
    records.deriveFrom(type, ({ tenant, transaction }, versions) =>
      keep(transaction, { tenant, timeZone }, versions.filter(maySay)),
    )
  records.deriveFrom('PractitionerRole', ({ tenant, transaction }, versions) =>
    keep(transaction, { tenant, timeZone }, versions),
  )
}

/** Nearly every Patient is written without a general practitioner, and has then nothing to say or to take back. */
function maySay({ type, version, json }: Version): boolean {
  return type !== 'Patient' || version > 1 || json.includes('"generalPractitioner"')
}

type Place = { readonly tenant: TenantId; readonly timeZone: string }

async function keep(
  to: Transaction,
  { tenant, timeZone }: Place,
  versions: readonly Version[],
): Promise<void> {
  if (versions.length === 0) return
  const sources = versions.map(sourceOf)
  const isPosition = versions[0]?.type === 'PractitionerRole'
  if (versions.some(({ version }) => version > 1)) await forget(to, { tenant, sources, isPosition })
  const rows = versions.flatMap((version) => rowsOf(version, timeZone))
  if (rows.length === 0) return
  await (isPosition ? insertPositions(to, tenant, rows) : insertRelations(to, tenant, rows))
}

function sourceOf({ type, id }: Version): string {
  return `${type}/${id}`
}

function rowsOf(version: Version, timeZone: string): readonly object[] {
  const source = sourceOf(version)
  const said =
    version.type === 'PractitionerRole' ? positionsOf(version, timeZone) : relationsOf(version, timeZone)
  return said.map((each) => ({ ...each, source }))
}

async function forget(
  to: Queryable,
  { tenant, sources, isPosition }: { tenant: TenantId; sources: readonly string[]; isPosition: boolean },
): Promise<void> {
  const table = sql.id('access', isPosition ? 'position' : 'relation')
  await to.query(sql`delete from ${table} where tenant = ${tenant} and source = any (${sources}::text[])`)
}

async function insertRelations(to: Queryable, tenant: TenantId, rows: readonly object[]): Promise<void> {
  await to.query(sql`
    insert into access.relation (tenant, holder, patient, source, since, until)
    select ${tenant}::integer, holder, patient, source, since, until
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as given (
      holder text, patient text, source text, since timestamptz, until timestamptz)
    on conflict (tenant, source, holder, patient) do update set since = excluded.since, until = excluded.until`)
}

async function insertPositions(to: Queryable, tenant: TenantId, rows: readonly object[]): Promise<void> {
  await to.query(sql`
    insert into access.position (tenant, practitioner, place, source, since, until)
    select ${tenant}::integer, practitioner, place, source, since, until
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as given (
      practitioner text, place text, source text, since timestamptz, until timestamptz)
    on conflict (tenant, source, place) do update
    set practitioner = excluded.practitioner, since = excluded.since, until = excluded.until`)
}

/** Makes the relations of an institution anew from its record; writes of what says them wait meanwhile. Tells of how many resources. */
export async function rebuildRelations({ records, runtime }: Needs, tenant: TenantId): Promise<number> {
  return records.commit({ tenant, actor: 'system/access' }, async ({ transaction }) => {
    await transaction.query(sql`lock table access.relation, access.position in share row exclusive mode`)
    await transaction.query(sql`delete from access.relation where tenant = ${tenant}`)
    await transaction.query(sql`delete from access.position where tenant = ${tenant}`)
    let rebuilt = 0
    for (const type of [...relationTypes, 'PractitionerRole'] as const)
      rebuilt += await rebuildType(transaction, { tenant, timeZone: runtime.timeZone }, type)
    await transaction.query(sql`
      insert into access.built (tenant, derivation, at)
      values (${tenant}, ${derivation}, ${runtime.now()}::timestamptz)
      on conflict (tenant) do update set derivation = excluded.derivation, at = excluded.at`)
    return rebuilt
  })
}

type Stored = Version & { readonly key: string }

async function rebuildType(from: Transaction, place: Place, type: ResourceType): Promise<number> {
  let rebuilt = 0
  for (let after = '0'; ; ) {
    const versions = await from.query(sql<Stored>`
      select key::text as key, type::text as type, id, version, updated, 'update' as interaction, content as json
      from records.current
      where tenant = ${place.tenant} and type = ${type}::records.resource_type and not deleted and key > ${after}::bigint
      order by current.key
      limit ${resourcesAtOnce}`)
    await keep(from, place, versions)
    rebuilt += versions.length
    const last = versions.at(-1)
    if (!last || versions.length < resourcesAtOnce) return rebuilt
    after = last.key
  }
}

/** The same for each institution whose relations were made in an older way, or never: for the start. */
export async function rebuildOldRelations(needs: Needs, from: Queryable): Promise<void> {
  const old = await from.query(sql<{ tenant: TenantId }>`
    select id as tenant
    from identity.tenant
    left join access.built on built.tenant = tenant.id
    where built.derivation is distinct from ${derivation}`)
  for (const { tenant } of old) await rebuildRelations(needs, tenant)
}
