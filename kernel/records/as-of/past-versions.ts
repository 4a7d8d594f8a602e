/**
 * The versions that were current before an instant, found by patient or by identity. A version counts from its
 * `meta.lastUpdated` until a later version of its resource has one: of several the highest is current.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import { type Queryable, type Sql, sql } from '@xinglin/database'
import { type Resource, type ResourceType, tooLarge } from '@xinglin/fhir'
import type { IndexValues } from '@xinglin/fhir/search'
import { compartmentTerms } from '../compartment-parameters.ts'
import { chartsOf } from '../index/main-patient.ts'
import { selfOf } from '../index/space.ts'
import type { Version } from '../records.ts'
import { searchedValues } from '../search/naive-search.ts'
import { type Seeing, seenOfAll } from '../search/row-filter-sql.ts'
import { type VersionRow, versionOf } from '../versions.ts'

/** What one look at the past holds in memory: 20,000 results are 30 MB of JSON and 0.7 s; a long stay in intensive care has that many. */
const mostResources = 20_000
/** Resources indexed without letting others go on: 5 ms. */
const indexedAtOnce = 200

/** Whose past, and where it ends: the first ms since 1970 UTC that no longer belongs to it. */
export type Past = Seeing & {
  readonly patient: string
  readonly beforeMs: number
}

/** One resource as it stood, with what search compares. */
export type PastResource = {
  /** `Type/id`. */
  readonly name: string
  /** Grows with time of creation. */
  readonly key: bigint
  readonly version: Version
  readonly values: IndexValues
  /** In whose charts it stood, the main one first. */
  readonly charts: readonly string[]
}

type PastRow = VersionRow & { readonly key: string }

/** All of these types that stood in the patient's chart (every type where absent), the Patient too; in no order. */
export async function chartAt(
  from: Queryable,
  past: Past,
  types?: readonly ResourceType[],
): Promise<readonly PastResource[]> {
  const { tenant, patient } = past
  const before = beforeSql(past)
  const terms = compartmentTerms(tenant, { type: 'Patient', id: patient }).map(String)
  // `is true` hides tenant, type and time from their indexes, which hold far more than one chart (as in `find.ts`).
  const seen = seenOfAll(past, sql.id('current'), types)
  const rows = await from.query(sql<PastRow>`
    select key::text as key, type::text as type, id, version, updated, deleted, content
    from records.current
    where tenant = ${tenant} and patient = ${patient} and not deleted
      and (updated < ${before} and ${isOf(types)}) is true${seen}
    union all
    select key::text as key, type::text as type, id, version, updated, deleted, content
    from records.current
    where terms && ${terms}::bigint[] and patient is distinct from ${patient}
      and (tenant = ${tenant} and not deleted and updated < ${before} and ${isOf(types)}) is true${seen}
    union all
    ${supersededSince(past, {
      led: sql`history.patients @> array[${patient}::text collate "C"] and history.patients <> '{}'`,
      also: isOf(types, sql`history.type`),
      seen,
    })}
    limit ${mostResources + 1}`)
  if (rows.length > mostResources) throw tooMany()
  const resources = await indexed(rows, past.timeZone)
  return resources.filter(({ charts }) => charts.includes(patient))
}

/** Those of these resources that stood then, in no order. */
export async function resourcesAt(
  from: Queryable,
  past: Past,
  names: readonly { readonly type: string; readonly id: string }[],
): Promise<readonly PastResource[]> {
  if (names.length === 0) return []
  const selves = [...new Set(names.map(({ type, id }) => selfOf(past.tenant, type, id)))].map(String)
  return bySelf(from, past, selves)
}

/** What refers to others by these terms now, as it stood then. */
export async function referrersAt(
  from: Queryable,
  past: Past,
  { type, terms }: { readonly type: ResourceType; readonly terms: readonly bigint[] },
): Promise<readonly PastResource[]> {
  if (terms.length === 0) return []
  const rows = await from.query(sql<{ self: string }>`
    select self::text as self
    from records.current
    where terms && ${terms.map(String)}::bigint[]
      and (tenant = ${past.tenant} and type = ${type}::records.resource_type) is true
    limit ${mostResources}`)
  return bySelf(
    from,
    past,
    rows.map(({ self }) => self),
  )
}

async function bySelf(
  from: Queryable,
  past: Past,
  selves: readonly string[],
): Promise<readonly PastResource[]> {
  const before = beforeSql(past)
  const seen = seenOfAll(past, sql.id('current'))
  const rows = await from.query(sql<PastRow>`
    select key::text as key, type::text as type, id, version, updated, deleted, content
    from records.current
    where self = any (${selves}::bigint[])
      and (tenant = ${past.tenant} and not deleted and updated < ${before}) is true${seen}
    union all
    ${supersededSince(past, { led: sql`history.self = any (${selves}::bigint[])`, also: sql`true`, seen })}`)
  return indexed(rows, past.timeZone)
}

/** Superseded versions that were the last ones before the instant; `led` is found by an index, `also` is only checked. */
function supersededSince(
  past: Past,
  { led, also, seen }: { readonly led: Sql; readonly also: Sql; readonly seen: Sql },
): Sql {
  const before = beforeSql(past)
  return sql`
    select current.key::text as key, history.type::text as type, history.id, history.version, history.updated,
      history.deleted, history.content
    from records.history
    join records.current on current.self = history.self
    where ${led} and (current.updated >= ${before}) is true${seen}
      and (history.tenant = ${past.tenant} and not history.deleted and history.updated < ${before} and ${also}) is true
      and not exists (
        select from records.history as later
        where later.self = history.self and later.version > history.version and (later.updated < ${before}) is true
      )`
}

function isOf(types: readonly ResourceType[] | undefined, column: Sql = sql`type`): Sql {
  return types ? sql`${column} = any (${types}::records.resource_type[])` : sql`true`
}

/** The bound of `updated`. */
export function beforeSql({ beforeMs }: Pick<Past, 'beforeMs'>): Sql {
  return sql`${new Date(beforeMs).toISOString()}::timestamptz`
}

/** Those that are nobody else's: a resource of another patient is not shown because a chart refers to it. */
export function notOfOthers(resources: readonly PastResource[], { patient }: Past): readonly PastResource[] {
  return resources.filter(({ charts }) => charts.length === 0 || charts.includes(patient))
}

async function indexed(rows: readonly PastRow[], timeZone: string): Promise<readonly PastResource[]> {
  const resources: PastResource[] = []
  for (const row of rows) {
    if (resources.length % indexedAtOnce === indexedAtOnce - 1) await breathe()
    const values = searchedValues(JSON.parse(row.content) as Stored, timeZone)
    resources.push({
      name: `${row.type}/${row.id}`,
      key: BigInt(row.key),
      version: versionOf(row, timeZone),
      values,
      charts: chartsOf(row.type, values),
    })
  }
  return resources
}

type Stored = Resource & { readonly id: string }

function tooMany() {
  return tooLarge(`a look at the past takes ${mostResources} resources at most; ask for fewer types`, {
    code: 'records.as-of-too-many',
  })
}
