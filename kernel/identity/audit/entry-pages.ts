/**
 * One page of the audit trail, newest first, by key. Its cost grows with the answer and not with the trail: who, whose and
 * refusals have indexes that are read backwards; what is left is looked for among a bounded number of entries a page.
 */
import { type Database, type Sql, sql } from '@xinglin/database'
import { epochMs, type Instant, instantOf, invalid } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Actor, AuditEntry, AuditFilter, AuditPage } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import type { Audit } from './audit.ts'

/** Entries that one page looks at: some 60 ms where few of them fit. */
const looksAt = 20_000
/** Whose record: looked for in stretches of time, from the newest, each twice as long as the one before. */
const firstStretchMs = 8 * 86_400_000

export type PageParts = {
  readonly database: Database
  readonly audit: Pick<Audit, 'flush'>
  readonly runtime: Runtime
}

type Asked = AuditFilter & { readonly before?: string | undefined; readonly limit: number }
type Row = Omit<AuditEntry, 'at'> & { readonly at: string }
/** An entry's time as PostgreSQL writes it, and its number. */
type Place = { readonly at: string; readonly id: string }

/** Answers at most `limit` entries that fit, and where the next page begins. */
export async function listEntries(
  parts: PageParts,
  { tenant }: Pick<Actor, 'tenant'>,
  asked: Asked,
): Promise<AuditPage> {
  await parts.audit.flush()
  const before = placeOf(asked.before)
  const ask = { tenant, asked, before }
  const { rows, reached } = asked.patient ? await ofPatient(parts, ask) : await inOrder(parts, ask)
  const page = rows.slice(0, asked.limit)
  const last = rows.length > asked.limit ? page.at(-1) : reached
  const local = (at: string) => localInstant(at, parts.runtime.timeZone) ?? (at as Instant)
  return {
    entries: page.map(({ at, ...row }) => present({ ...row, at: local(at) })),
    ...(last ? { next: `${last.at}~${last.id}` } : {}),
    ...(last && last === reached ? { lookedBackTo: local(last.at) } : {}),
  }
}

type Ask = { readonly tenant: number; readonly asked: Asked; readonly before: Place | undefined }
type Looked = { readonly rows: readonly Row[]; readonly reached?: Place }

/** By time, by actor or by refusal: one index, backwards, until the page is full or enough was looked at. */
async function inOrder({ database }: PageParts, { tenant, asked, before }: Ask): Promise<Looked> {
  const driving = sql`
    from identity.audit
    where tenant = ${tenant}${also([...drivingConditions(asked), ...timeConditions(asked), olderThan(before)])}
    order by audit.at desc, audit.id desc`
  const rows = await database.query(sql<Row>`
    select ${entryColumns}
    from (select * ${driving} limit ${looksAt}) as entry
    where true${also(restConditions(asked))}
    order by entry.at desc, entry.id desc
    limit ${asked.limit + 1}`)
  if (rows.length > asked.limit || restConditions(asked).every((each) => !each)) return { rows }
  const [reached] = await database.query(
    sql<Place>`select at, id::text ${driving} offset ${looksAt - 1} limit 1`,
  )
  return reached ? { rows, reached } : { rows }
}

/**
 * Two indexes tell whose record was shown, alone or in a list, and neither is in the order of time together with the other:
 * all of a stretch is gathered by both, and longer and longer stretches until the page is full.
 */
async function ofPatient({ database, runtime }: PageParts, { tenant, asked, before }: Ask): Promise<Looked> {
  const [oldest] = await database.query(
    sql<{ at: string | null }>`select min(at) as at from identity.audit where tenant = ${tenant}`,
  )
  if (!oldest?.at) return { rows: [] }
  const endMs = Math.max(epochMs(oldest.at), asked.from ? epochMs(asked.from) : Number.NEGATIVE_INFINITY)
  const newestMs = epochMs(before?.at ?? asked.until ?? runtime.now())
  const rows: Row[] = []
  let untilMs = Number.POSITIVE_INFINITY
  for (let lengthMs = firstStretchMs; ; lengthMs *= 2) {
    const fromMs = Math.min(untilMs, newestMs) - lengthMs
    const stretch = [
      fromMs > endMs ? sql`and at >= ${instantOf(fromMs, 'UTC')}::timestamptz` : undefined,
      untilMs < Number.POSITIVE_INFINITY
        ? sql`and at < ${instantOf(untilMs, 'UTC')}::timestamptz`
        : undefined,
    ]
    rows.push(
      ...(await database.query(sql<Row>`
        with whose as materialized (
          select * from identity.audit
          where tenant = ${tenant} and (patient = ${asked.patient} or patients @> array[${asked.patient}::text])${also([...stretch, ...timeConditions(asked), olderThan(before)])}
        )
        select ${entryColumns}
        from whose as entry
        where true${also([asked.actor && sql`and actor = ${asked.actor}`, asked.id && sql`and id = ${asked.id}::bigint`, ...restConditions(asked)])}
        order by entry.at desc, entry.id desc
        limit ${asked.limit + 1 - rows.length}`)),
    )
    if (rows.length > asked.limit || fromMs <= endMs) return { rows }
    untilMs = fromMs
  }
}

const entryColumns = sql`id::text, at, tenant, actor, actor_display as "actorDisplay", address, action,
      resource_type as "resourceType", resource_id as "resourceId", patient, patients, detail, outcome,
      purpose, client, session`

type Condition = Sql | string | undefined

/** Only the filters that are given stand in the text, so that each combination uses its own index. */
function also(conditions: readonly Condition[]): Sql {
  const given = conditions.filter((each) => typeof each === 'object')
  return given.length === 0 ? sql`` : sql` ${sql.join(given, sql` `)}`
}

function drivingConditions({ actor, id, outcome }: Asked): readonly Condition[] {
  return [
    id && sql`and id = ${id}::bigint`,
    actor && sql`and actor = ${actor}`,
    // The literal is what the index of refusals is for.
    outcome && outcome !== 'allowed' ? sql`and outcome <> 'allowed' and outcome = ${outcome}` : undefined,
  ]
}

function timeConditions({ from, until }: Asked): readonly Condition[] {
  return [from && sql`and at >= ${from}::timestamptz`, until && sql`and at < ${until}::timestamptz`]
}

function restConditions(asked: Asked): readonly Condition[] {
  const { action, actionCode, resourceType, resourceId, outcome, purpose, address, patient } = asked
  return [
    action && sql`and (action = ${action} or action like ${`${escaped(action)}.%`})`,
    actionCode && codeConditions[actionCode],
    resourceType && sql`and resource_type = ${resourceType}`,
    resourceId && sql`and resource_id = ${resourceId}`,
    outcome && (patient || outcome === 'allowed') ? sql`and outcome = ${outcome}` : undefined,
    purpose &&
      (purpose === 'TREAT' ? sql`and coalesce(purpose, 'TREAT') = 'TREAT'` : sql`and purpose = ${purpose}`),
    address &&
      (address.endsWith('*')
        ? sql`and address like ${`${escaped(address.slice(0, -1))}%`}`
        : sql`and address = ${address}`),
  ]
}

/** As `eventCodes` gives them. */
const codeConditions = {
  C: sql`and action = 'create'`,
  U: sql`and action = 'update'`,
  D: sql`and action = 'delete'`,
  R: sql`and action ~ '^(read|history)$|\\.(read|search|list)$'`,
  E: sql`and action !~ '^(create|update|delete|read|history)$|\\.(read|search|list)$'`,
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function placeOf(before: string | undefined): Place | undefined {
  if (before === undefined) return undefined
  const [, at, id] = /^([\d\-T:.+]{19,40})~(\d{1,19})$/.exec(before) ?? []
  if (!at || !id || Number.isNaN(epochMs(at)))
    throw invalid('the page is not one that was given', { code: 'identity.audit-page', at: 'before' })
  return { at, id }
}

function olderThan(place: Place | undefined): Condition {
  return place && sql`and (at, id) < (${place.at}::timestamptz, ${place.id}::bigint)`
}

function present(entry: Omit<AuditEntry, 'at'> & { at: Instant }): AuditEntry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null)) as AuditEntry
}
