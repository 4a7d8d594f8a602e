/**
 * The statements of a write. All rows of a call travel in one JSON parameter a table; resources stand in it as they are
 * and PostgreSQL's `json` gives them back byte for byte, so nothing is escaped twice.
 */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant, ResourceType } from '@xinglin/fhir'
import type { NewVersion } from './rows.ts'

export type Present = {
  readonly self: bigint
  readonly key: bigint
  readonly tenant: TenantId
  readonly type: ResourceType
  readonly id: string
  readonly version: number
  readonly deleted: boolean
  readonly updated: string
  readonly patient: string | null
  readonly content: string
}

type PresentRow = Omit<Present, 'self' | 'key'> & { readonly self: string; readonly key: string }

/** The current versions of these identities, locked until the end of the transaction, in one order for all writers. */
export async function lockCurrent(
  to: Queryable,
  selves: readonly bigint[],
): Promise<ReadonlyMap<bigint, Present>> {
  const rows = await to.query(sql<PresentRow>`
    select
      self::text as self, key::text as key, tenant, type::text as type, id, version, deleted, updated, patient, content
    from records.current
    where current.self = any (${selves.map(String)}::bigint[])
    order by current.self
    for no key update`)
  return new Map(
    rows.map((row) => [BigInt(row.self), { ...row, self: BigInt(row.self), key: BigInt(row.key) }]),
  )
}

/** Inserts what search compares of new versions. */
export function insertValues(to: Transaction, versions: readonly NewVersion[]): void {
  to.insertSoon(sql`
    insert into records.string_value (key, slot, text)
    select given.key, given.slot, given.text
    from json_to_recordset(${sql.json(versions.flatMap(({ values }) => values.strings))}::json) as given (key bigint, slot integer, text text)`)
  to.insertSoon(sql`
    insert into records.date_value (key, low, high, slot)
    select given.key, given.low, given.high, given.slot
    from json_to_recordset(${sql.json(versions.flatMap(({ values }) => values.dates))}::json) as given (key bigint, low bigint, high bigint, slot integer)`)
  to.insertSoon(sql`
    insert into records.quantity_value (key, low, high, slot, coded, code, unit)
    select given.key, given.low, given.high, given.slot, given.coded, given.code, given.unit
    from json_to_recordset(${sql.json(versions.flatMap(({ values }) => values.quantities))}::json) as given (
      key bigint, low float8, high float8, slot integer, coded integer, code integer, unit integer)`)
}

type Stamp = { readonly tenant: TenantId; readonly at: Instant }

/** Inserts first versions; an id that is taken breaks the transaction off. */
export function insertNew(to: Transaction, versions: readonly NewVersion[], { tenant, at }: Stamp): void {
  to.insertSoon(sql`
    insert into records.current
      (self, key, updated, at, tenant, version, type, deleted, id, patient, labels, terms, content)
    select
      given.self, given.key, ${at}::timestamptz, given.at, ${tenant}::integer, given.version,
      given.type::records.resource_type, given.deleted, given.id, given.patient, given.labels, given.terms,
      given.content
    from json_to_recordset(${versionsJson(versions)}::json) as given (
      self bigint, key bigint, at timestamptz, version integer, type text, deleted boolean, id text, patient text,
      labels text[], terms bigint[], content text)`)
}

/** Inserts first versions; answers the identities that another transaction has taken, which are left out. */
export async function insertCurrent(
  to: Transaction,
  versions: readonly NewVersion[],
  { tenant, at }: Stamp,
): Promise<ReadonlySet<bigint>> {
  const rows = await to.query(sql<{ self: string }>`
    insert into records.current
      (self, key, updated, at, tenant, version, type, deleted, id, patient, labels, terms, content)
    select
      given.self, given.key, ${at}::timestamptz, given.at, ${tenant}::integer, given.version,
      given.type::records.resource_type, given.deleted, given.id, given.patient, given.labels, given.terms,
      given.content
    from json_to_recordset(${versionsJson(versions)}::json) as given (
      self bigint, key bigint, at timestamptz, version integer, type text, deleted boolean, id text, patient text,
      labels text[], terms bigint[], content text)
    on conflict (self) do nothing
    returning self::text as self`)
  const inserted = new Set(rows.map(({ self }) => BigInt(self)))
  return new Set(versions.map(({ self }) => self).filter((self) => !inserted.has(self)))
}

/** Puts new versions in the place of the present ones, locked before, which move to the history; the values of these are forgotten. */
export function replaceCurrent(to: Transaction, versions: readonly NewVersion[], { at }: Stamp): void {
  to.send(sql`
    with given as materialized (
      select *
      from json_to_recordset(${versionsJson(versions)}::json) as given (
        self bigint, key bigint, at timestamptz, version integer, type text, deleted boolean, id text, patient text,
        "formerPatients" text[], labels text[], terms bigint[], content text)
    ),
    superseded as (
      insert into records.history (self, updated, tenant, version, type, deleted, id, patients, content)
      select
        current.self, current.updated, current.tenant, current.version, current.type, current.deleted, current.id,
        coalesce(given."formerPatients", '{}'), current.content
      from given
      join records.current on current.self = given.self
    )
    update records.current
    set updated = ${at}::timestamptz, at = given.at, version = given.version, deleted = given.deleted,
      patient = given.patient, terms = given.terms, content = given.content,
      labels = case when given.deleted then current.labels else given.labels end
    from given
    where current.self = given.self`)
  forgetValues(
    to,
    versions.map(({ key }) => key),
  )
}

/** Deletes all values under these keys. */
export function forgetValues(to: Transaction, keys: readonly bigint[]): void {
  const texts = keys.map(String)
  to.send(sql`
    with strings as (
      delete from records.string_value where key = any (${texts}::bigint[])
    ),
    dates as (
      delete from records.date_value where key = any (${texts}::bigint[])
    )
    delete from records.quantity_value where key = any (${texts}::bigint[])`)
}

/** An array of rows whose `content` is the resource itself, not a text of it. */
function versionsJson(versions: readonly NewVersion[]): string {
  return `[${versions.map(versionJson).join(',')}]`
}

function versionJson(version: NewVersion): string {
  const {
    self,
    key,
    version: number,
    type,
    deleted,
    id,
    patient,
    formerPatients,
    labels,
    clinical,
    terms,
    stored = version.json,
  } = version
  const columns = JSON.stringify({
    version: number,
    type,
    deleted,
    id,
    patient,
    formerPatients,
    labels,
    at: clinical,
  })
  const content = stored === '' ? '""' : stored
  return `{"self":${self},"key":${key},"terms":[${[...terms].join(',')}],"content":${content},${columns.slice(1)}`
}
