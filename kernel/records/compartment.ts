/**
 * FHIR R4 patient-operation-everything and encounter-operation-everything: a compartment as it stands, by pages, with what
 * its resources refer to outside of it. A patient's is read along the chart's index, so that cost grows with the answer:
 * four statements where all is on one page (root, chart, what names the patient otherwise, what is referred to).
 */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type Instant, instantOf, type ResourceType } from '@xinglin/fhir'
import { allResourceTypes, isResourceType, parametersOf } from '@xinglin/fhir/search'
import { type CompartmentRoot, compartmentTerms, memberTypes } from './compartment-parameters.ts'
import { selfOf, slotOf } from './index/space.ts'
import { keyOfPlace } from './page-place.ts'
import { badToken, momentIn, tokenOf, valuesOf } from './page-token.ts'
import type { Version } from './records.ts'
import { isMainMoment } from './search/main-moment.ts'
import { type Seeing, seenOf, seenOfAll } from './search/row-filter-sql.ts'
import { type VersionRow, versionOf } from './versions.ts'

export type CompartmentQuery = {
  readonly of: CompartmentRoot
  /** Only these types; absent for all. */
  readonly types?: readonly ResourceType[]
  /** Only what was updated at or after this. */
  readonly since?: Instant
  /** Care within these milliseconds since 1970, the second not included; what has no date of care is always shown. */
  readonly care?: { readonly fromMs?: number; readonly beforeMs?: number }
  /** Of a patient only: as it stood at the end of this FHIR date, dateTime or instant. */
  readonly asOf?: string
  readonly count: number
  /** `next` of the page before. */
  readonly after?: string
}

export type CompartmentPage = {
  /** The Patient or Encounter itself, also where it was deleted; undefined after the first page or where there is none. */
  readonly root?: Version
  /** Members, each on one page. */
  readonly members: readonly Version[]
  /** What members of this page refer to and is in no compartment: practitioners, organizations, places, medications. */
  readonly referred: readonly Version[]
  readonly next?: string
}

type Whose = Seeing

const current = sql.id('current')
/** `at` stands in rows of the chart only. */
type MemberRow = VersionRow & { readonly self: string; readonly at?: string }

/** What one page may refer to; more is not an answer that anybody reads. */
const mostReferred = 5_000

/** One page; a page that `after` names must be asked with the same conditions as the one before. */
export async function readCompartment(
  from: Queryable,
  whose: Whose,
  asked: CompartmentQuery,
): Promise<CompartmentPage> {
  const read = { from, whose, asked }
  const place = await placeOf(from, whose, asked)
  const root = place.in === 'start' ? await rootOf(read) : undefined
  if (place.in === 'start' && (!root || root.deleted)) {
    return { members: [], referred: [], ...(root ? { root: versionOf(root, whose.timeZone) } : {}) }
  }
  const rows = await membersFrom(read, place)
  const shown = rows.slice(0, asked.count)
  const last = shown.at(-1)
  const referred = await referredTo(read, root ? [root, ...shown] : shown)
  const versions = (of: readonly VersionRow[]) => of.map((row) => versionOf(row, whose.timeZone))
  return {
    ...(root ? { root: versionOf(root, whose.timeZone) } : {}),
    members: versions(shown),
    referred: versions(referred),
    ...(rows.length > shown.length && last ? { next: tokenOf(placeAfter(last)) } : {}),
  }
}

type Reading = { readonly from: Queryable; readonly whose: Whose; readonly asked: CompartmentQuery }

async function rootOf({ from, whose, asked: { of } }: Reading): Promise<VersionRow | undefined> {
  const { tenant } = whose
  const [row] = await from.query(sql<VersionRow>`
    select type::text as type, id, version, updated, deleted, content
    from records.current
    where self = ${selfOf(tenant, of.type, of.id)}::bigint
      and (tenant = ${tenant} and type = ${of.type}::records.resource_type and id = ${of.id}) is true${seenOf(whose, { alias: current, type: of.type })}`)
  return row
}

/** One row more than asked where there is another page. */
async function membersFrom(read: Reading, place: Place): Promise<readonly MemberRow[]> {
  const { of, count } = read.asked
  if (place.in === 'others') return otherMembers(read, place.key, count + 1)
  if (of.type === 'Encounter') return otherMembers(read, '-1', count + 1)
  const chart = await chartMembers(read, place)
  if (chart.length > count) return chart
  return [...chart, ...(await otherMembers(read, '-1', count + 1 - chart.length))]
}

/** The chart of a patient in the order of its index, so that each page costs what it shows. */
async function chartMembers(read: Reading, place: Place): Promise<readonly MemberRow[]> {
  const { from, whose, asked } = read
  const limit = asked.count + 1
  const page = (after: Sql) => sql`
    (select type, at, key, self, id, version, updated, deleted, content
    from records.current
    where tenant = ${whose.tenant} and patient = ${asked.of.id} and not deleted
      and type <> ${asked.of.type}::records.resource_type${after}${filters(read)}
    order by type, at desc, key desc
    limit ${limit})`
  const pages =
    place.in === 'chart'
      ? sql`
          ${page(sql` and type = ${place.type}::records.resource_type
            and (at, key) < (${place.at}::timestamptz, ${place.key}::bigint)`)}
          union all
          ${page(sql` and type > ${place.type}::records.resource_type`)}`
      : page(sql``)
  return from.query(sql<MemberRow>`
    select type::text as type, id, version, updated, deleted, content, at::text as at, self::text as self
    from (${pages}) as page
    order by page.type, page.at desc, page.key desc
    limit ${limit}`)
}

/** What names the root by a parameter that no chart is ordered by: an encounter's all, a patient's few. */
async function otherMembers(read: Reading, afterKey: string, limit: number): Promise<readonly MemberRow[]> {
  const { from, whose, asked } = read
  const { tenant } = whose
  const terms = compartmentTerms(tenant, asked.of).map(String)
  const isOutsideChart =
    asked.of.type === 'Patient' ? sql` and patient is distinct from ${asked.of.id}` : sql``
  // `is true` hides the tenant from its index, as in `find.ts`, and `+ 0` the order: PostgreSQL thinks some of so many terms
  // frequent, and read all of 2 million resources along their keys to find none (12 s; by the terms 3 ms).
  return from.query(sql<MemberRow>`
    select type::text as type, id, version, updated, deleted, content, self::text as self
    from records.current
    where terms && ${terms}::bigint[] and (tenant = ${tenant} and not deleted) is true
      and self <> ${selfOf(tenant, asked.of.type, asked.of.id)}::bigint
      and (key > ${afterKey}::bigint) is true${isOutsideChart}${filters(read)}
    order by current.key + 0
    limit ${limit}`)
}

function filters({ whose, asked }: Reading): Sql {
  const { tenant } = whose
  const conditions = [sql``]
  const { types, since, care } = asked
  if (types) conditions.push(sql`type = any (${types}::records.resource_type[])`)
  if (since) conditions.push(sql`updated >= ${since}::timestamptz`)
  if (care?.beforeMs !== undefined) conditions.push(sql`at < ${instantOf(care.beforeMs, 'UTC')}::timestamptz`)
  if (care?.fromMs !== undefined) {
    // A stay that began before and lasted into the time that was asked has its later end among the dates.
    conditions.push(sql`(
      at >= ${instantOf(care.fromMs, 'UTC')}::timestamptz or at = '-infinity'
      or exists (
        select from records.date_value
        where date_value.key = current.key and slot = any (${momentSlots(tenant)}) and high > ${care.fromMs}
      )
    )`)
  }
  return sql`${sql.join(conditions, sql` and `)}${seenOfAll(whose, current, types)}`
}

/** The parameters that hold the main moments of all types. */
function momentSlots(tenant: TenantId): readonly number[] {
  return mainMoments.map(({ type, name }) => slotOf({ tenant, type }, name))
}

const mainMoments = allResourceTypes.flatMap((type) =>
  [...parametersOf(type).keys()].filter((name) => isMainMoment(type, name)).map((name) => ({ type, name })),
)

/** A literal reference as JSON writes it: inside a text its quotes are escaped, so this finds references only. */
const literal = /"reference":"([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})["/]/g

async function referredTo(
  { from, whose, asked }: Reading,
  rows: readonly VersionRow[],
): Promise<readonly VersionRow[]> {
  const { tenant } = whose
  const { of, types, since } = asked
  const names = new Set<string>()
  const members = memberTypes(of.type)
  const wanted = types && new Set<string>(types)
  for (const { content } of rows) {
    for (const [, type = '', id = ''] of content.matchAll(literal)) {
      if (!members.has(type) && (!wanted || wanted.has(type))) names.add(`${type}/${id}`)
    }
  }
  if (names.size === 0) return []
  const selves = [...names].map((name) => {
    const [type = '', id = ''] = name.split('/')
    return String(selfOf(tenant, type, id))
  })
  // Somebody else's resource is not shown because a chart refers to it.
  return from.query(sql<VersionRow>`
    select type::text as type, id, version, updated, deleted, content
    from records.current
    where self = any (${selves}::bigint[]) and (tenant = ${tenant} and not deleted) is true
      and (${since ?? null}::timestamptz is null or updated >= ${since ?? null}::timestamptz)
      and (patient is null or patient in (
        select root.patient from records.current as root
        where root.self = ${selfOf(tenant, of.type, of.id)}::bigint
      ))${seenOfAll(whose, current)}
    order by current.type, current.key
    limit ${mostReferred}`)
}

type Place =
  | { readonly in: 'start' }
  | { readonly in: 'chart'; readonly type: ResourceType; readonly at: string; readonly key: string }
  | { readonly in: 'others'; readonly key: string }

function placeAfter({ type, at, self }: MemberRow): readonly string[] {
  return at === undefined ? ['others', self, '', ''] : ['chart', type, at, self]
}

async function placeOf(from: Queryable, whose: Whose, { after, types }: CompartmentQuery): Promise<Place> {
  if (after === undefined) return { in: 'start' }
  const [where, first, at, self] = valuesOf(after, 4)
  const seen = { tenant: whose.tenant, seen: seenOfAll(whose, current, types) }
  if (where === 'others') return { in: 'others', key: await keyOfPlace(from, seen, first) }
  if (where !== 'chart' || first === undefined || !isResourceType(first)) throw badToken()
  return { in: 'chart', type: first, at: momentIn(at), key: await keyOfPlace(from, seen, self) }
}
