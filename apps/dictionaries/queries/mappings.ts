/** The work list of the mapping workbench: active entries with what they are in a terminology, by code. */
import { type Queryable, sql } from '@xinglin/database'
import type { Equivalence, MappingRow, MappingState, MappingsAnswer } from '../contract.ts'
import type { Which } from './rows.ts'

const pageSize = 200

export type MappingsAsked = Which & {
  readonly target: string
  readonly among: MappingState | 'all'
  readonly after?: string | undefined
  /** Who asks, as the trail names him. */
  readonly actor: string
}
type Row = {
  readonly code: string
  readonly display: string
  readonly targetCode: string | null
  readonly targetDisplay: string | null
  readonly equivalence: Equivalence | null
  readonly by: string | null
  readonly isMine: boolean | null
  readonly isReviewed: boolean
  readonly reviewedBy: string | null
}

/** Pages are of entries, so that all mappings of one stand together. */
export async function mappingsOf(
  from: Queryable,
  { tenant, dictionary, target, among, after = '', actor }: MappingsAsked,
): Promise<MappingsAnswer> {
  const found = sql`select 1 from dictionaries.mapping
    where mapping.tenant = entry.tenant and mapping.dictionary = entry.dictionary
      and mapping.target = ${target} and mapping.code = entry.code`
  const wanted = {
    all: sql``,
    none: sql`and not exists (${found})`,
    proposed: sql`and exists (${found} and mapping.reviewed_at is null)`,
    reviewed: sql`and exists (${found} and mapping.reviewed_at is not null)`,
  }[among]
  const rows = await from.query(sql<Row>`
    with page as (
      select code, draft->>'display' as display from dictionaries.entry
      where tenant = ${tenant} and dictionary = ${dictionary} and code > ${after}
        and draft->'isActive' = 'true' ${wanted}
      order by code limit ${pageSize + 1}
    )
    select page.code, page.display, mapping.target_code as "targetCode",
      mapping.target_display as "targetDisplay", mapping.equivalence,
      coalesce(proposer.display, mapping.proposed_by) as by, mapping.proposed_by = ${actor} as "isMine",
      mapping.reviewed_at is not null as "isReviewed",
      coalesce(reviewer.display, mapping.reviewed_by) as "reviewedBy"
    from page
    left join dictionaries.mapping on mapping.tenant = ${tenant} and mapping.dictionary = ${dictionary}
      and mapping.target = ${target} and mapping.code = page.code
    left join identity.account proposer on proposer.tenant = mapping.tenant and 'user/' || proposer.id = proposed_by
    left join identity.account reviewer on reviewer.tenant = mapping.tenant and 'user/' || reviewer.id = reviewed_by
    order by page.code, mapping.target_code`)
  const codes = [...new Set(rows.map(({ code }) => code))]
  const shown = new Set(codes.slice(0, pageSize))
  const next = codes.length > pageSize ? codes[pageSize - 1] : undefined
  return {
    mappings: rows.filter(({ code }) => shown.has(code)).map(mappingOf),
    ...(next === undefined ? {} : { next }),
  }
}

function mappingOf({ code, display, isReviewed, isMine, ...row }: Row): MappingRow {
  const { targetCode, targetDisplay, equivalence, by, reviewedBy } = row
  if (targetCode === null || targetDisplay === null || equivalence === null || by === null)
    return { code, display, state: 'none' }
  return {
    ...{ code, display, targetCode, targetDisplay, equivalence, by, isMine: isMine === true },
    state: isReviewed ? 'reviewed' : 'proposed',
    ...(reviewedBy === null ? {} : { reviewedBy }),
  }
}
