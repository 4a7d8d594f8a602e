/** A question whose answer is taken by pages of a hundred, each from an offset on. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { type Answer, AnswerError } from '@xinglin/kit'
import { useCallback, useMemo } from 'react'

/** A screenful of a list, most branches of a tree. */
export const pageSize = 100
/** Code systems change by imports; what is open is asked again after a minute. */
export const staleAfterMs = 60_000

type Asked<Page> = {
  readonly key: readonly unknown[]
  readonly askPage: (offset: number, signal: AbortSignal) => Promise<Page>
  /** How many things a page holds: a page that is not full is the last. */
  readonly sizeOf: (page: Page) => number
}
export type OffsetPages<Page> = {
  /** The pages so far, the first first; those of the question before while a new one is being asked. */
  readonly answer: Answer<readonly Page[]>
  readonly more: (() => void) | undefined
}

export function useOffsetPages<Page>({ key, askPage, sizeOf }: Asked<Page>): OffsetPages<Page> {
  const query = useInfiniteQuery({
    queryKey: ['ask', ...key],
    queryFn: ({ pageParam, signal }) => askPage(pageParam, signal),
    initialPageParam: 0,
    getNextPageParam: (last: Page, pages) => (sizeOf(last) < pageSize ? undefined : pages.length * pageSize),
    staleTime: staleAfterMs,
    placeholderData: (before) => before,
    retry: false,
  })
  const { fetchNextPage, refetch, hasNextPage, isFetchingNextPage } = query
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage])
  const retry = useCallback(() => void refetch(), [refetch])
  const pages = query.data?.pages
  const answer = useMemo<Answer<readonly Page[]>>(() => {
    const error = query.error ? asAnswerError(query.error) : undefined
    if (error && error.status !== 401)
      return error.status === 403 ? { state: 'refused', error } : { state: 'failed', error, retry }
    if (!pages) return { state: 'loading' }
    return { state: 'ready', data: pages, asOfMs: query.dataUpdatedAt, isRefreshing: false, retry }
  }, [pages, query.error, query.dataUpdatedAt, retry])
  return { answer, more: hasNextPage && !isFetchingNextPage ? more : undefined }
}

/** The error as one of the server's. */
export function asAnswerError(error: unknown): AnswerError {
  return error instanceof AnswerError ? error : new AnswerError(0, [], { cause: error })
}
