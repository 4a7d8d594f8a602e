/** Rows of guides and of what they brought. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type Instant, instantOf, type ResourceType } from '@xinglin/fhir'
import type { Manifest } from './package/read-package.ts'
import type { Author, Guide } from './profiles.ts'

export type GuideName = { readonly name: string; readonly version: string }
export type Refused = Guide['refused']
export type Member = {
  readonly type: ResourceType
  readonly id: string
  readonly url?: string
  readonly version?: string
}

type GuideRow = Omit<Guide, 'addedAt' | 'canonical' | 'title' | 'fhirVersion'> & {
  readonly canonical: string | null
  readonly title: string | null
  readonly fhirVersion: string | null
  readonly addedMs: number
}

/** All guides of an institution, by name and version. */
export async function guidesOf(
  from: Queryable,
  tenant: TenantId,
  timeZone: string,
): Promise<readonly Guide[]> {
  const rows = await from.query(sql<GuideRow>`
    select name, version, canonical, title, fhir_version as "fhirVersion", state, definitions, stored, refused,
      (extract(epoch from added_at) * 1000)::float8 as "addedMs"
    from profiles.guide
    where tenant = ${tenant}
    order by name, version`)
  return rows.map(({ canonical, title, fhirVersion, addedMs, ...row }) => ({
    ...row,
    ...(canonical === null ? {} : { canonical }),
    ...(title === null ? {} : { title }),
    ...(fhirVersion === null ? {} : { fhirVersion }),
    addedAt: instantOf(addedMs, timeZone),
  }))
}

/** Begins adding a guide, or begins it again. */
export async function beginGuide(
  to: Transaction,
  { tenant, actor }: Author,
  {
    manifest,
    definitions,
    at,
  }: { readonly manifest: Manifest; readonly definitions: number; readonly at: Instant },
): Promise<void> {
  const { name, version, canonical, title, fhirVersion } = manifest
  await to.query(sql`
    insert into profiles.guide (tenant, name, version, canonical, title, fhir_version, added_at, actor, state, definitions)
    values (${tenant}, ${name}, ${version}, ${canonical ?? null}, ${title ?? null}, ${fhirVersion ?? null},
      ${at}::timestamptz, ${actor}, 'adding', ${definitions})
    on conflict (tenant, name, version) do update
    set state = 'adding', stored = 0, refused = '[]', definitions = excluded.definitions, title = excluded.title,
      canonical = excluded.canonical`)
}

/** Notes a part that is stored, in its own transaction. */
export async function noteStored(
  to: Transaction,
  tenant: TenantId,
  { name, version }: GuideName,
  members: readonly Member[],
): Promise<void> {
  await to.query(sql`
    insert into profiles.member (tenant, name, guide_version, type, id, url, version)
    select ${tenant}, ${name}, ${version}, given.type, given.id, given.url, given.version
    from jsonb_to_recordset(${sql.json(members)}::jsonb) as given (type text, id text, url text, version text)
    on conflict do nothing`)
  await to.query(sql`
    update profiles.guide
    set stored = stored + ${members.length}
    where tenant = ${tenant} and name = ${name} and version = ${version}`)
}

export async function finishGuide(
  to: Transaction,
  tenant: TenantId,
  { name, version }: GuideName,
  refused: Refused,
): Promise<void> {
  await to.query(sql`
    update profiles.guide
    set state = 'ready', refused = ${sql.json(refused)}::jsonb
    where tenant = ${tenant} and name = ${name} and version = ${version}`)
}

/** What a guide alone has brought, so that it goes with it. */
export async function ownMembers(
  from: Queryable,
  tenant: TenantId,
  { name, version }: GuideName,
): Promise<readonly Member[]> {
  return from.query(sql<Member>`
    select own.type, own.id, own.url, own.version
    from profiles.member own
    where own.tenant = ${tenant} and own.name = ${name} and own.guide_version = ${version}
      and not exists (
        select 1
        from profiles.member other
        where other.tenant = own.tenant and other.type = own.type and other.id = own.id
          and (other.name <> own.name or other.guide_version <> own.guide_version))`)
}

/** False where there is no such guide. */
export async function dropGuide(
  from: Transaction,
  tenant: TenantId,
  { name, version }: GuideName,
): Promise<boolean> {
  const dropped = await from.query(sql<{ name: string }>`
    delete from profiles.guide
    where tenant = ${tenant} and name = ${name} and version = ${version}
    returning name`)
  return dropped.length > 0
}
