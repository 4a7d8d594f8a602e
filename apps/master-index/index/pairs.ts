/** Pairs that are worth a look. What a person decided stands, whatever the weights say later. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { Verdict } from '@xinglin/matching'

export type FoundPair = { readonly one: string; readonly other: string; readonly verdict: Verdict }

/** The pair of two patients in its one order. */
export function ordered(left: string, right: string): { readonly one: string; readonly other: string } {
  return left < right ? { one: left, other: right } : { one: right, other: left }
}

export type Finding = { readonly tenant: TenantId; readonly settings: number; readonly at: Instant }

/** Writes what was found; answers the pairs that are new or still open, and certain. */
export async function putPairs(
  transaction: Transaction,
  { tenant, settings, at }: Finding,
  found: readonly FoundPair[],
): Promise<readonly { readonly one: string; readonly other: string }[]> {
  if (found.length === 0) return []
  const rows = found.map(({ one, other, verdict }) => ({
    ...{ one, other, outcome: verdict.outcome, bits: verdict.score.bits },
    ...{ probability: verdict.score.probability, evidence: verdict.evidence, objections: verdict.objections },
  }))
  const put = await transaction.query<PutRow>(sql<PutRow>`
    insert into master_index.pair (
      tenant, one, other, state, outcome, bits, probability, evidence, objections, settings, found
    )
    select ${tenant}, one, other, 'open', outcome, bits, probability,
      array(select jsonb_array_elements_text(evidence)), array(select jsonb_array_elements_text(objections)),
      ${settings}, ${at}
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as row (
      one text, other text, outcome text, bits real, probability float8, evidence jsonb, objections jsonb
    )
    on conflict (tenant, one, other) do update
    set outcome = excluded.outcome, bits = excluded.bits, probability = excluded.probability,
      evidence = excluded.evidence, objections = excluded.objections, settings = excluded.settings
    where pair.state in ('open', 'later')
    returning one, other, state, outcome`)
  return put.filter(({ state, outcome }) => state === 'open' && outcome === 'certain')
}

type PutRow = {
  readonly one: string
  readonly other: string
  readonly state: string
  readonly outcome: string
}

/** Takes open pairs of these patients away that are not among what was found for them now. */
export async function dropOthers(
  transaction: Queryable,
  tenant: TenantId,
  { patients, kept }: { readonly patients: readonly string[]; readonly kept: readonly FoundPair[] },
): Promise<void> {
  const keys = kept.map(({ one, other }) => `${one} ${other}`)
  await transaction.query(sql`
    delete from master_index.pair
    where tenant = ${tenant} and state = 'open'
      and (one = any(${patients}::text[]) or other = any(${patients}::text[]))
      and not one || ' ' || other = any(${keys}::text[])`)
}
