/** Keeps staff.* beside the resources that say it, in the transaction of the write: rights never lag behind the record. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceOf } from '@xinglin/fhir'
import { parseVersion, type Records, type Version } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { positionsOf } from '../access/relations.ts'
import { accountSystem } from '../consent/consent.ts'
import { employeeSystem, type Licence, licenceSystem, loginSystem } from './staff.ts'

/** Raised whenever staff is read from the record in another way: it is then derived anew at the next start. */
const derivation = 1
const resourcesAtOnce = '200'

export type Needs = {
  readonly records: Records
  readonly runtime: Runtime
  /** Reckons the rights of practitioners whose record changed. */
  readonly settle: (
    transaction: Transaction,
    tenant: TenantId,
    practitioners: readonly string[],
  ) => Promise<void>
}

const placeTypes = ['Organization', 'Location'] as const

/** From now on staff stands with the commit of what says it. */
export function keepStaff({ records, runtime, settle }: Needs): void {
  for (const type of placeTypes)
    records.deriveFrom(type, ({ tenant, transaction }, versions) => keepPlaces(transaction, tenant, versions))
  records.deriveFrom('Practitioner', async ({ tenant, transaction }, versions) => {
    await keepPractitioners(transaction, tenant, versions)
    await settle(
      transaction,
      tenant,
      versions.map(({ id }) => id),
    )
  })
  records.deriveFrom('PractitionerRole', async ({ tenant, transaction }, versions) => {
    const concerned = await keepPositions(transaction, { tenant, timeZone: runtime.timeZone }, versions)
    await settle(transaction, tenant, concerned)
  })
}

async function keepPlaces(to: Queryable, tenant: TenantId, versions: readonly Version[]): Promise<void> {
  const rows = versions.map((version) => ({ type: version.type, id: version.id, ...placeOf(version) }))
  await to.query(sql`
    insert into staff.place (tenant, type, id, name, codes, is_active)
    select ${tenant}::integer, type, id, name, codes, "isActive"
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as given (
      type text, id text, name text, codes text[], "isActive" boolean)
    on conflict (tenant, type, id) do update
    set name = excluded.name, codes = excluded.codes, is_active = excluded.is_active`)
}

function placeOf(version: Version) {
  if (version.interaction === 'delete') return { name: version.id, codes: [], isActive: false }
  const place =
    version.type === 'Organization'
      ? parseVersion(version, 'Organization')
      : parseVersion(version, 'Location')
  const isActive =
    place.resourceType === 'Organization' ? place.active !== false : place.status !== 'inactive'
  return {
    name: place.name ?? version.id,
    codes: (place.identifier ?? []).flatMap(({ value }) => value ?? []),
    isActive,
  }
}

async function keepPractitioners(
  to: Queryable,
  tenant: TenantId,
  versions: readonly Version[],
): Promise<void> {
  const ids = versions.map(({ id }) => id)
  const rows = versions.map((version) => ({ id: version.id, ...practitionerOf(version) }))
  await to.query(sql`
    insert into staff.practitioner (tenant, id, name, employee, login, is_active, licences, licence_until)
    select ${tenant}::integer, id, name, employee, login, "isActive", licences, "licenceUntil"
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as given (
      id text, name text, employee text, login text, "isActive" boolean, licences jsonb, "licenceUntil" date)
    on conflict (tenant, id) do update
    set name = excluded.name, employee = excluded.employee, login = excluded.login,
      is_active = excluded.is_active, licences = excluded.licences, licence_until = excluded.licence_until`)
  if (versions.some(({ version }) => version > 1))
    await to.query(sql`
      delete from staff.bound
      where tenant = ${tenant} and practitioner = any (${ids}::text[]) and source = 'record'`)
  const bound = rows.flatMap(({ id, accounts }) => accounts.map((account) => ({ id, account })))
  if (bound.length === 0) return
  await to.query(sql`
    insert into staff.bound (tenant, account, practitioner, source)
    select ${tenant}::integer, account, given.id, 'record'
    from jsonb_to_recordset(${sql.json(bound)}::jsonb) as given (id text, account text)
    on conflict do nothing`)
}

const nobody = {
  ...{ name: '', employee: null, login: null, isActive: false },
  ...{ licences: [], licenceUntil: null, accounts: [] },
}

function practitionerOf(version: Version) {
  if (version.interaction === 'delete') return { ...nobody, name: version.id }
  const { name, identifier, active, qualification } = parseVersion(version, 'Practitioner')
  const valuesOf = (system: string) =>
    (identifier ?? []).flatMap((each) => (each.system === system && each.value ? [each.value] : []))
  const licences = (qualification ?? []).map(licenceOf)
  const ends = licences.flatMap(({ until }) => until ?? []).sort()
  return {
    name: nameOf(name?.[0]) ?? version.id,
    employee: valuesOf(employeeSystem)[0] ?? null,
    login: valuesOf(loginSystem)[0] ?? null,
    isActive: active !== false,
    licences,
    licenceUntil: ends[0] ?? null,
    accounts: valuesOf(accountSystem).flatMap((reference) =>
      reference.startsWith('user/') ? [reference.slice('user/'.length)] : [],
    ),
  }
}

type Name = NonNullable<ResourceOf<'Practitioner'>['name']>[number]

function nameOf(name: Name | undefined): string | undefined {
  return name?.text ?? (name ? `${name.family ?? ''}${(name.given ?? []).join('')}` : undefined)
}

type Qualification = NonNullable<ResourceOf<'Practitioner'>['qualification']>[number]

function licenceOf({ code, identifier, period }: Qualification): Licence {
  const day = (date: string | undefined) => (date && date.length >= 10 ? date.slice(0, 10) : undefined)
  const [from, until] = [day(period?.start), day(period?.end)]
  const own = identifier?.find(({ system }) => system === licenceSystem) ?? identifier?.[0]
  return {
    kind: code.text ?? code.coding?.[0]?.display ?? code.coding?.[0]?.code ?? '',
    number: own?.value ?? '',
    ...(from ? { from } : {}),
    ...(until ? { until } : {}),
  }
}

type Zone = { readonly tenant: TenantId; readonly timeZone: string }

/** Gives the practitioners whom the versions concern, those of the versions before too. */
async function keepPositions(
  to: Queryable,
  { tenant, timeZone }: Zone,
  versions: readonly Version[],
): Promise<readonly string[]> {
  const ids = versions.map(({ id }) => id)
  const before = versions.some(({ version }) => version > 1)
    ? await to.query(sql<{ practitioner: string }>`
        delete from staff.position
        where tenant = ${tenant} and id = any (${ids}::text[])
        returning practitioner`)
    : []
  const rows = versions.flatMap((version) => positionRow(version, timeZone) ?? [])
  if (rows.length > 0)
    await to.query(sql`
      insert into staff.position
        (tenant, id, practitioner, department, locations, titles, title, specialty, since, until)
      select ${tenant}::integer, id, practitioner, department, locations, titles, title, specialty, since, until
      from jsonb_to_recordset(${sql.json(rows)}::jsonb) as given (
        id text, practitioner text, department text, locations text[], titles text[], title text, specialty text,
        since timestamptz, until timestamptz)
      on conflict (tenant, id) do update
      set practitioner = excluded.practitioner, department = excluded.department, locations = excluded.locations,
        titles = excluded.titles, title = excluded.title, specialty = excluded.specialty,
        since = excluded.since, until = excluded.until`)
  return [...new Set([...before, ...rows].map(({ practitioner }) => practitioner))]
}

function positionRow(version: Version, timeZone: string) {
  const places = positionsOf(version, timeZone)
  const [first] = places
  if (!first) return undefined
  const role = parseVersion(version, 'PractitionerRole')
  const idsOf = (type: string) =>
    places.flatMap(({ place }) => (place.startsWith(`${type}/`) ? [place.slice(type.length + 1)] : []))
  const words = (concepts: typeof role.code) =>
    (concepts ?? []).flatMap(({ text, coding }) => [
      ...(text ? [text] : []),
      ...(coding ?? []).flatMap(({ code, display }) => [display, code].filter((word) => word !== undefined)),
    ])
  const titles = words(role.code)
  return {
    id: version.id,
    practitioner: first.practitioner,
    department: idsOf('Organization')[0] ?? null,
    locations: idsOf('Location'),
    titles,
    title: titles[0] ?? null,
    specialty: words(role.specialty)[0] ?? null,
    since: first.since,
    until: first.until ?? null,
  }
}

/** Derives anew for each institution whose staff was derived in an older way, or never; nobody's rights change by it. */
export async function rebuildOldStaff({ records, runtime }: Needs, from: Queryable): Promise<void> {
  const old = await from.query(sql<{ tenant: TenantId }>`
    select id as tenant
    from identity.tenant
    left join staff.built on built.tenant = tenant.id
    where built.derivation is distinct from ${derivation}`)
  for (const { tenant } of old)
    await records.commit({ tenant, actor: 'system/staff' }, async ({ transaction, search }) => {
      const zone = { tenant, timeZone: runtime.timeZone }
      const keep = {
        Organization: (versions: readonly Version[]) => keepPlaces(transaction, tenant, versions),
        Location: (versions: readonly Version[]) => keepPlaces(transaction, tenant, versions),
        Practitioner: (versions: readonly Version[]) => keepPractitioners(transaction, tenant, versions),
        PractitionerRole: async (versions: readonly Version[]) =>
          void (await keepPositions(transaction, zone, versions)),
      } as const
      for (const type of ['Organization', 'Location', 'Practitioner', 'PractitionerRole'] as const)
        for (let next: string | undefined = `_count=${resourcesAtOnce}`; next !== undefined; ) {
          const page: Awaited<ReturnType<typeof search>> = await search(type, [
            ...new URLSearchParams(next).entries(),
          ])
          if (page.matches.length > 0) await keep[type](page.matches)
          next = page.next
        }
      await transaction.query(sql`
        insert into staff.built (tenant, derivation)
        values (${tenant}, ${derivation})
        on conflict (tenant) do update set derivation = excluded.derivation`)
    })
}
