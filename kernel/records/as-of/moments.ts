/** When a chart changed: the instants between which it stood still. */
import { type Queryable, sql } from '@xinglin/database'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import { compartmentTerms } from '../compartment-parameters.ts'
import { type Seeing, seenOfAll } from '../search/row-filter-sql.ts'

/** More than pixels across a screen; older instants are still asked for by `_asOf`. */
const mostMoments = 2_000

/** An instant at which resources came into a chart, changed, were deleted or left it. */
export type ChartMoment = { readonly at: Instant; readonly changes: number }
export type ChartMoments = {
  /** Oldest first. */
  readonly moments: readonly ChartMoment[]
  /** True where there are older ones. */
  readonly isCut: boolean
}

/** The newest 2,000 instants at which a patient's chart changed. */
export async function chartMoments(from: Queryable, seeing: Seeing, patient: string): Promise<ChartMoments> {
  const { tenant, timeZone } = seeing
  const seen = seenOfAll(seeing, sql.id('current'))
  const terms = compartmentTerms(tenant, { type: 'Patient', id: patient }).map(String)
  // What a superseded version is followed by counts where it is not of this chart: it was deleted or moved then.
  const rows = await from.query(sql<{ updated: string; changes: number }>`
    with former as materialized (
      select self, version, updated
      from records.history
      where patients @> array[${patient}::text collate "C"] and patients <> '{}' and (tenant = ${tenant}) is true
        and exists (select from records.current where current.self = history.self${seen})
    ),
    change as (
      select updated
      from records.current
      where tenant = ${tenant} and patient = ${patient} and not deleted${seen}
      union all
      select updated
      from records.current
      where terms && ${terms}::bigint[] and patient is distinct from ${patient}
        and (tenant = ${tenant} and not deleted) is true${seen}
      union all
      select updated
      from former
      union all
      select next.updated
      from former
      join records.history as next on next.self = former.self and next.version = former.version + 1
      where not next.patients @> array[${patient}::text collate "C"]
      union all
      select next.updated
      from former
      join records.current as next on next.self = former.self and next.version = former.version + 1
      where next.deleted or (next.patient is distinct from ${patient} and not next.terms && ${terms}::bigint[])
    )
    select updated, count(*)::int as changes
    from change
    group by updated
    order by updated desc
    limit ${mostMoments + 1}`)
  return {
    moments: rows
      .slice(0, mostMoments)
      .map(({ updated, changes }) => ({ at: instantOf(epochMs(updated), timeZone), changes }))
      .toReversed(),
    isCut: rows.length > mostMoments,
  }
}
