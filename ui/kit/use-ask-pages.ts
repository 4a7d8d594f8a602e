/** A question whose answer comes in pages, each naming the next; refreshed all together like any other. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { AnswerError, ask } from './api.ts'
import type { Answer } from './use-ask.ts'

export type Paged<T> = {
  /** The pages so far, the first first. */
  readonly answer: Answer<readonly T[]>
  /** Asks for the next page; undefined where there is none. */
  readonly more: (() => void) | undefined
  readonly isLoadingMore: boolean
}

/** Asks a GET path; the next page is asked for by the parameter `parameter` with the `next` of the last one. */
export function useAskPages<T extends { readonly next?: string }>(path: string, parameter: string): Paged<T> {
  const query = useInfiniteQuery({
    queryKey: ['ask', path],
    queryFn: ({ pageParam, signal }) => ask<T>(addressOf(path, parameter, pageParam), { signal }),
    initialPageParam: '',
    getNextPageParam: (last: T) => last.next,
    staleTime: 5_000,
    retry: false,
  })
  const { refetch, fetchNextPage, hasNextPage } = query
  const retry = useCallback(() => void refetch(), [refetch])
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage])
  const pages = query.data?.pages
  const answer = useMemo<Answer<readonly T[]>>(() => {
    const error = query.error ? asAnswerError(query.error) : undefined
    if (pages) {
      const staleBecause = error && error.status !== 401 ? { staleBecause: error } : {}
      return {
        state: 'ready',
        data: pages,
        asOfMs: query.dataUpdatedAt,
        isRefreshing: false,
        retry,
        ...staleBecause,
      }
    }
    if (!error || error.status === 401) return { state: 'loading' }
    return error.status === 403 ? { state: 'refused', error } : { state: 'failed', error, retry }
  }, [pages, query.error, query.dataUpdatedAt, retry])
  return { answer, more: hasNextPage ? more : undefined, isLoadingMore: query.isFetchingNextPage }
}

function addressOf(path: string, parameter: string, next: string): string {
  if (next === '') return path
  return `${path}${path.includes('?') ? '&' : '?'}${parameter}=${encodeURIComponent(next)}`
}

function asAnswerError(error: Error): AnswerError {
  return error instanceof AnswerError ? error : new AnswerError(0, [], { cause: error })
}
