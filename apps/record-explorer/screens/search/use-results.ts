/** The pages of a search, asked by POST `_search` so that no address holds what was searched for (search.html §3.1.1.2.1). */
import { useInfiniteQuery } from '@tanstack/react-query'
import type { AnswerError } from '@xinglin/kit'
import { useCallback } from 'react'
import { type Results, resultsOf } from '../fhir/bundle.ts'
import { asAnswerError, askDoor, door } from '../fhir/door.ts'
import { type Draft, formOf } from './query.ts'

export type Searched = {
  readonly pages: readonly Results[] | undefined
  readonly error: AnswerError | undefined
  readonly isRunning: boolean
  readonly more: (() => void) | undefined
  readonly again: () => void
}

/** Asks what the draft says, with the total unless it says how to count; an undefined one asks nothing. */
export function useResults(draft: Draft | undefined): Searched {
  const form = draft ? withTotal(formOf(draft)) : ''
  const query = useInfiniteQuery({
    queryKey: ['ask', `${door}/${draft?.type ?? ''}/_search`, form],
    queryFn: async ({ pageParam, signal }) =>
      resultsOf(await askDoor({ path: `${draft?.type ?? ''}/_search`, form: pageParam }, signal)),
    enabled: draft !== undefined,
    initialPageParam: form,
    getNextPageParam: (last: Results) => last.next,
    staleTime: 30_000,
    retry: false,
  })
  const { refetch, fetchNextPage } = query
  const again = useCallback(() => void refetch(), [refetch])
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage])
  return {
    pages: query.isError ? undefined : query.data?.pages,
    error: query.error ? asAnswerError(query.error) : undefined,
    isRunning: query.isFetching,
    more: query.hasNextPage && !query.isFetchingNextPage ? more : undefined,
    again,
  }
}

function withTotal(form: string): string {
  if (/(?:^|&)_(?:total|summary)=/.test(form)) return form
  return form === '' ? '_total=accurate' : `${form}&_total=accurate`
}
