/**
 * What stands out in the trail: looked up anew from its entries each time, so that nothing is told that they do not hold.
 * Only people are judged, by what they were shown: refused accesses are found by their outcome.
 */
import { type Database, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type Instant, instantOf, type Patient } from '@xinglin/fhir'
import { parseVersion, type Records } from '@xinglin/records'
import { type AnomalyRule, type AnomalyRuleId, anomalyRules } from './rules.ts'

/** More in one list nobody judges; narrower times show the rest. */
const mostOfRule = 200
/** Pairs of a person and a patient whose names are compared: two reads each at most. */
const mostPairs = 2_000

export type Anomaly = {
  /** The same for the same accesses, whenever it is looked up. */
  readonly id: string
  readonly rule: AnomalyRuleId
  readonly actor: string
  readonly actorDisplay: string
  /** Where it is about one patient. */
  readonly patient?: string
  readonly since: Instant
  readonly until: Instant
  readonly accesses: number
  readonly patients: number
  readonly review?: {
    readonly outcome: 'justified' | 'not-justified'
    readonly note: string
    readonly at: Instant
    readonly by: string
  }
}

export type AnomalyParts = {
  readonly database: Database
  readonly records: Records
  /** IANA zone of the hospital's clock. */
  readonly timeZone: string
}

export type Window = { readonly tenant: TenantId; readonly from: Instant; readonly until: Instant }

/** What each rule that is on finds in a stretch of time, newest first. */
export async function findAnomalies(parts: AnomalyParts, window: Window): Promise<readonly Anomaly[]> {
  const rules = await anomalyRules(parts.database, window.tenant)
  const found: Found[] = []
  for (const rule of rules.filter(({ isOn }) => isOn))
    found.push(...(await finders[rule.id](parts, window, rule)))
  const reviews = await reviewsOf(parts.database, window.tenant, found.map(idOf))
  return found
    .map((each) => present(each, reviews.get(idOf(each)), parts.timeZone))
    .sort((one, other) => other.until.localeCompare(one.until))
}

type Found = {
  readonly rule: AnomalyRuleId
  readonly actor: string
  readonly actorDisplay: string
  readonly patient: string | null
  /** Day or hour to which it belongs, in the hospital's clock. */
  readonly slot: string
  readonly since: string
  readonly until: string
  readonly accesses: number
  readonly patients: number
}

type Finder = (parts: AnomalyParts, window: Window, rule: AnomalyRule) => Promise<readonly Found[]>

const finders: Readonly<Record<AnomalyRuleId, Finder>> = {
  night: (
    { database, timeZone },
    window,
    { thresholds: { fromHour = 23, untilHour = 6, patients = 10 } },
  ) => {
    const hour = sql`extract(hour from at at time zone ${timeZone})`
    const isNight =
      fromHour <= untilHour
        ? sql`${hour} >= ${fromHour}::integer and ${hour} < ${untilHour}::integer`
        : sql`(${hour} >= ${fromHour}::integer or ${hour} < ${untilHour}::integer)`
    // A night that began before midnight is one night.
    const slot = sql`to_char(at at time zone ${timeZone} - make_interval(hours => ${untilHour}::integer), 'YYYY-MM-DD')`
    return manyPatients(database, window, { rule: 'night', isMeant: isNight, slot, least: patients })
  },
  mass: ({ database, timeZone }, window, { thresholds: { patients = 60 } }) =>
    manyPatients(database, window, {
      ...{ rule: 'mass', isMeant: sql`true`, least: patients },
      slot: sql`to_char(at at time zone ${timeZone}, 'YYYY-MM-DD HH24')`,
    }),
  'same-name': async (parts, window, { thresholds: { accesses = 1 } }) => {
    const pairs = await pairsOf(parts, window, accesses)
    const names = await familyNames(parts.records, window.tenant, pairs)
    return pairs.flatMap((pair) => {
      const name = pair.patient ? names.get(pair.patient) : undefined
      const isSame = name !== undefined && name.family !== '' && familyOf(pair.actorDisplay) === name.family
      return isSame ? [{ ...pair, rule: 'same-name' as const }] : []
    })
  },
  colleague: async (parts, window, { thresholds: { accesses = 1 } }) => {
    const pairs = await pairsOf(parts, window, accesses)
    const names = await familyNames(parts.records, window.tenant, pairs)
    const staff = await parts.database.query(sql<{ display: string }>`
      select lower(display) as display from identity.account where tenant = ${window.tenant}`)
    const colleagues = new Set(staff.map(({ display }) => display))
    return pairs.flatMap((pair) => {
      const full = (pair.patient && names.get(pair.patient)?.full.toLowerCase()) || ''
      const isColleague = full !== pair.actorDisplay.toLowerCase() && colleagues.has(full)
      return isColleague ? [{ ...pair, rule: 'colleague' as const }] : []
    })
  },
}

type Many = {
  readonly rule: AnomalyRuleId
  readonly isMeant: Sql
  readonly slot: Sql
  readonly least: number
}

function manyPatients(
  database: Database,
  { tenant, from, until }: Window,
  { rule, isMeant, slot, least }: Many,
): Promise<readonly Found[]> {
  return database.query(sql<Found>`
    select ${rule}::text as rule, actor, max(actor_display) as "actorDisplay", null as patient, slot,
      min(at) as since, max(at) as until, count(distinct entry)::integer as accesses,
      count(distinct whose)::integer as patients
    from (
      select actor, actor_display, at, ${slot} as slot, id as entry, unnest(coalesce(patients, array[patient])) as whose
      from identity.audit
      where tenant = ${tenant} and at >= ${from}::timestamptz and at < ${until}::timestamptz
        and actor like 'user/%' and outcome = 'allowed' and (patient is not null or patients is not null)
        and ${isMeant}
    ) as shown
    group by actor, slot
    having count(distinct whose) >= ${least}::integer
    order by max(at) desc
    limit ${mostOfRule}`)
}

/** Who opened whose record, day by day: reads of one patient, not lists in which many stand. */
async function pairsOf(
  { database, timeZone }: AnomalyParts,
  { tenant, from, until }: Window,
  least: number,
): Promise<readonly Found[]> {
  return database.query(sql<Found>`
    select 'colleague' as rule, actor, max(actor_display) as "actorDisplay", patient,
      to_char(at at time zone ${timeZone}, 'YYYY-MM-DD') as slot,
      min(at) as since, max(at) as until, count(*)::integer as accesses, 1 as patients
    from identity.audit
    where tenant = ${tenant} and at >= ${from}::timestamptz and at < ${until}::timestamptz
      and actor like 'user/%' and outcome = 'allowed' and patient is not null
    group by actor, patient, 5
    having count(*) >= ${least}::integer
    order by max(at) desc
    limit ${mostPairs}`)
}

type Name = { readonly family: string; readonly full: string }

async function familyNames(
  records: Records,
  tenant: TenantId,
  pairs: readonly Found[],
): Promise<ReadonlyMap<string, Name>> {
  const wanted = [...new Set(pairs.flatMap(({ patient }) => patient ?? []))]
  const names = new Map<string, Name>()
  for (const id of wanted) {
    const version = await records.read(tenant, 'Patient', id)
    if (version && version.interaction !== 'delete') names.set(id, nameOf(parseVersion(version, 'Patient')))
  }
  return names
}

function nameOf({ name = [] }: Patient): Name {
  const used = name.find(({ use }) => use === 'official') ?? name.find(({ use }) => use !== 'old')
  if (!used) return { family: '', full: '' }
  const { text, family = '', given = [] } = used
  const isHan = /\p{Script=Han}/u.test(family || (text ?? ''))
  const full = text ?? (isHan ? `${family}${given.join('')}` : [...given, family].join(' ').trim())
  return { family: (family || familyOf(full)).toLowerCase(), full }
}

/** Of Chinese names the first character, else the last word. */
function familyOf(display: string): string {
  const [first = ''] = display
  return (/\p{Script=Han}/u.test(first) ? first : (display.split(/\s+/).at(-1) ?? '')).toLowerCase()
}

function idOf({ rule, actor, patient, slot }: Found): string {
  return [rule, actor, patient ?? '', slot].join('~')
}

type Review = NonNullable<Anomaly['review']>

async function reviewsOf(
  database: Database,
  tenant: TenantId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Review>> {
  if (ids.length === 0) return new Map()
  const rows = await database.query(sql<Review & { id: string }>`
    select anomaly as id, outcome, note, at, reviewer_display as by
    from trail.anomaly_review
    where tenant = ${tenant} and anomaly = any(${ids}::text[])`)
  return new Map(rows.map(({ id, ...review }) => [id, review]))
}

function present(found: Found, review: Review | undefined, timeZone: string): Anomaly {
  const { patient, slot: _, since, until, ...rest } = found
  const local = (at: string) => instantOf(Date.parse(at), timeZone)
  return {
    ...{ id: idOf(found), ...rest, since: local(since), until: local(until) },
    ...(patient ? { patient } : {}),
    ...(review ? { review: { ...review, at: local(review.at) } } : {}),
  }
}
