/** FHIR R4 §3.1.1.5.5 `_contained=true|both`: pages of what stands by itself, where it is asked for too, then of what others contain. */
import type { Page, Query } from '../records.ts'
import {
  type ContainedAsked,
  firstContained,
  isContainedPlace,
  refuseOfContained,
  searchContained,
} from './contained.ts'
import { nextQuery } from './next-query.ts'
import { pageParameter } from './request.ts'
import type { SearchNeeds } from './search.ts'

type Others = (query: Query) => Promise<Page>

/** One page; `others` searches what is not contained. */
export async function withContained(
  needs: SearchNeeds,
  asked: ContainedAsked,
  { query, others }: { readonly query: Query; readonly others: Others },
): Promise<Page> {
  const { request } = asked
  refuseOfContained(request)
  const before = await othersOf(asked, query, others)
  const matches = before?.matches ?? []
  const isOthersNext = before?.next !== undefined
  const left = request.isCountOnly || isOthersNext ? 0 : request.count - matches.length
  const page = isContainedPlace(request.page) ? request.page : undefined
  const contained = await searchContained(needs, asked, { count: left, page })
  const total = contained.total === undefined ? {} : { total: contained.total + (before?.total ?? 0) }
  const place = placeAfter(before, contained.place, left)
  return {
    matches: [...matches, ...contained.matches],
    included: [],
    applied: request.applied,
    ...total,
    ...(place === undefined || request.isCountOnly ? {} : { next: nextQuery(query, place) }),
  }
}

function placeAfter(before: Page | undefined, place: string | undefined, left: number): string | undefined {
  if (before?.next !== undefined) return new URLSearchParams(before.next).get(pageParameter) ?? undefined
  return before && left === 0 ? firstContained : place
}

/** What stands by itself: its page, or where the page is among the contained already, its total alone. */
async function othersOf(
  { request }: ContainedAsked,
  query: Query,
  others: Others,
): Promise<Page | undefined> {
  if (request.contained !== 'both') return undefined
  const plain = query.filter(([name]) => name !== '_contained' && name !== '_containedType')
  if (!isContainedPlace(request.page)) return others(plain)
  if (!request.isTotalAsked) return undefined
  return others([...plain.filter(([name]) => name !== pageParameter), ['_summary', 'count']])
}
