/** The work list: pairs by state, the heaviest first, page by page along the index. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { EvidenceRule, Objection, PairState } from '../contract.ts'

export type PairRecord = {
  readonly one: string
  readonly other: string
  readonly state: PairState
  readonly outcome: 'certain' | 'doubtful'
  readonly bits: number
  readonly probability: number
  readonly evidence: readonly EvidenceRule[]
  readonly objections: readonly Objection[]
  readonly settings: number
  readonly found: string
  readonly decided: string | null
  readonly decidedDisplay: string | null
  readonly note: string | null
  readonly until: string | null
  readonly assignee: string | null
  readonly assigneeDisplay: string | null
  readonly merge: string | null
}

const columns = sql`one, other, state, outcome, bits, probability, evidence, objections, settings,
  to_char(found at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as found,
  to_char(decided at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as decided,
  decided_display as "decidedDisplay", note, to_char(until, 'YYYY-MM-DD') as until,
  assignee, assignee_display as "assigneeDisplay", merge`

export type PairsAsked = {
  readonly state: PairState
  /** Day of the hospital: pairs put off until then or before are open again. */
  readonly today: string
  readonly assignee?: string
  readonly outcome?: 'certain' | 'doubtful'
  /** Only pairs of these patients. */
  readonly patients?: readonly string[]
  /** `one other` of the last pair of the page before. */
  readonly after?: { readonly one: string; readonly other: string }
  readonly limit: number
}

export function pairsOf(
  from: Queryable,
  tenant: TenantId,
  asked: PairsAsked,
): Promise<readonly PairRecord[]> {
  const { state, today, assignee, outcome, patients, after, limit } = asked
  const inState =
    state === 'open'
      ? sql`(state = 'open' or (state = 'later' and until <= ${today}::date))`
      : state === 'later'
        ? sql`state = 'later' and (until is null or until > ${today}::date)`
        : sql`state = ${state}`
  return from.query<PairRecord>(sql<PairRecord>`
    select ${columns}
    from master_index.pair
    where tenant = ${tenant} and ${inState}
      ${assignee ? sql`and assignee = ${assignee}` : sql``}
      ${outcome ? sql`and outcome = ${outcome}` : sql``}
      ${patients ? sql`and (one = any(${patients}::text[]) or other = any(${patients}::text[]))` : sql``}
      ${
        after
          ? sql`and (bits, one, other) < (
              select bits, one, other
              from master_index.pair
              where tenant = ${tenant} and one = ${after.one} and other = ${after.other}
            )`
          : sql``
      }
    order by bits desc, one desc, other desc
    limit ${limit}`)
}

/** One pair; undefined where it is not in the list. */
export async function pairOf(
  from: Queryable,
  tenant: TenantId,
  { one, other }: { readonly one: string; readonly other: string },
): Promise<PairRecord | undefined> {
  const [pair] = await from.query<PairRecord>(sql<PairRecord>`
    select ${columns} from master_index.pair where tenant = ${tenant} and one = ${one} and other = ${other}`)
  return pair
}

/** How many pairs are in each state. */
export async function pairCounts(
  from: Queryable,
  tenant: TenantId,
): Promise<Partial<Record<PairState, number>>> {
  const rows = await from.query<{ state: PairState; pairs: number }>(sql<{ state: PairState; pairs: number }>`
    select state, count(*)::integer as pairs from master_index.pair where tenant = ${tenant} group by state`)
  return Object.fromEntries(rows.map(({ state, pairs }) => [state, pairs]))
}
