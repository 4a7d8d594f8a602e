/** Broken glass as rows of `consent.break_glass`. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import { localInstant } from '../local-instant.ts'
import type { Glass, GlassOutcome, GlassState } from './break-glass.ts'

type Row = Omit<Glass, 'review'> & {
  readonly outcome: GlassOutcome | null
  readonly note: string | null
  readonly reviewer: string | null
  readonly reviewerDisplay: string | null
  readonly reviewed: Instant | null
}

const columns = sql`
  select id, holder, holder_display as "holderDisplay", patient, reason, refused_by as "refusedBy", since, until, task,
    review_due as "reviewDue", outcome, note, reviewer, reviewer_display as "reviewerDisplay", reviewed
  from consent.break_glass`

export type Whose = { readonly tenant: TenantId; readonly timeZone: string; readonly at: Instant }

/** A person's that stand at an instant, the newest first. */
export async function standingGlass(
  from: Queryable,
  { tenant, timeZone, at }: Whose,
  { holder, patient }: { readonly holder: string; readonly patient?: string | undefined },
): Promise<readonly Glass[]> {
  const rows = await from.query(sql<Row>`${columns}
    where tenant = ${tenant} and holder = ${holder} and until > ${at}::timestamptz
      and (${patient}::text is null or patient = ${patient})
    order by since desc, id desc`)
  return rows.map((row) => glassOf(row, timeZone))
}

/** One by its id; undefined where there is none. */
export async function findGlass(
  from: Queryable,
  { tenant, timeZone }: Whose,
  id: string,
): Promise<Glass | undefined> {
  const [row] = await from.query(sql<Row>`${columns} where tenant = ${tenant} and id = ${id}`)
  return row && glassOf(row, timeZone)
}

/** One by its id, locked until the transaction ends; undefined where there is none. */
export async function lockGlass(
  from: Queryable,
  { tenant, timeZone }: Whose,
  id: string,
): Promise<Glass | undefined> {
  const [row] = await from.query(sql<Row>`${columns} where tenant = ${tenant} and id = ${id} for update`)
  return row && glassOf(row, timeZone)
}

/** Newest first, after the one named by `before`. */
export async function listGlass(
  from: Queryable,
  { tenant, timeZone, at }: Whose,
  options: { readonly state?: GlassState; readonly before?: string; readonly limit: number },
): Promise<readonly Glass[]> {
  const { state, before, limit } = options
  const rows = await from.query(sql<Row>`${columns}
    where tenant = ${tenant}
      and (${before}::text is null
        or (since, id) < (select since, id from consent.break_glass where tenant = ${tenant} and id = ${before}))
      and (${state}::text is null
        or (${state} = 'reviewed' and outcome is not null)
        or (${state} = 'waiting' and outcome is null)
        or (${state} = 'overdue' and outcome is null and review_due < ${at}::timestamptz))
    order by since desc, id desc
    limit ${limit}`)
  return rows.map((row) => glassOf(row, timeZone))
}

function glassOf(
  { outcome, note, reviewer, reviewerDisplay, reviewed, ...row }: Row,
  timeZone: string,
): Glass {
  const local = (stored: Instant) => localInstant(stored, timeZone) ?? stored
  const glass = {
    ...row,
    since: local(row.since),
    until: local(row.until),
    reviewDue: local(row.reviewDue),
  }
  if (!outcome || !reviewed) return glass
  const by = { reviewer: reviewer ?? '', reviewerDisplay: reviewerDisplay ?? '' }
  return { ...glass, review: { outcome, note: note ?? '', ...by, at: local(reviewed) } }
}
