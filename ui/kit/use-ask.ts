/** Questions and acts as hooks: every answer is a state that can be drawn, every act runs once. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { AnswerError, type AskOptions, ask, isAnswer } from './api.ts'

export type Answer<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'refused'; readonly error: AnswerError }
  | { readonly state: 'failed'; readonly error: AnswerError; readonly retry: () => void }
  | {
      readonly state: 'ready'
      readonly data: T
      /** When the server gave it, in milliseconds since 1970. */
      readonly asOfMs: number
      /** Set where asking again failed and `data` is what was known before. */
      readonly staleBecause?: AnswerError
      readonly isRefreshing: boolean
      readonly retry: () => void
    }

export type UseAskOptions = {
  /** Asks again this often while the screen is visible. */
  readonly everyMs?: number
  /** Shows the answer before while a new path is being asked (search as you type, paging). */
  readonly keepsPrevious?: boolean
  readonly staleAfterMs?: number
  /** Asks by POST with this body: for a question that must not stand in an address. */
  readonly body?: unknown
}

/** Asks a path and follows it (GET, or POST where there is a body); an undefined path asks nothing and stays loading. */
export function useAsk<T>(path: string | undefined, options: UseAskOptions = {}): Answer<T> {
  const query = useQuery<T, Error>({
    queryKey: options.body === undefined ? ['ask', path] : ['ask', path, options.body],
    queryFn: ({ signal }) => {
      const { body } = options
      return ask<T>(path ?? '', body === undefined ? { signal } : { method: 'POST', body, signal })
    },
    enabled: path !== undefined,
    staleTime: options.staleAfterMs ?? 5_000,
    retry: (count, error) => count < 2 && isAnswer(error) && (error.status === 0 || error.status >= 502),
    ...(options.everyMs ? { refetchInterval: options.everyMs } : {}),
    ...(options.keepsPrevious ? { placeholderData: keepPreviousData } : {}),
  })
  const retry = useCallback(() => void query.refetch(), [query.refetch])
  const error = query.error ? answerError(query.error) : undefined
  // What was shown before the right was taken away is not shown on.
  if (error?.status === 403) return { state: 'refused', error }
  if (query.data !== undefined) {
    return {
      state: 'ready',
      data: query.data,
      asOfMs: query.dataUpdatedAt,
      isRefreshing: query.isFetching,
      retry,
      ...(error && error.status !== 401 ? { staleBecause: error } : {}),
    }
  }
  if (!error || error.status === 401) return { state: 'loading' }
  return { state: 'failed', error, retry }
}

/** Makes every question whose path starts with `prefix` ask again (all where absent). */
export function useRefresh(): (prefix?: string) => Promise<void> {
  const client = useQueryClient()
  return useCallback(
    (prefix = '') =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === 'ask' && String(queryKey[1]).startsWith(prefix),
      }),
    [client],
  )
}

export type Ran<Output> = { readonly isDone: true; readonly output: Output } | { readonly isDone: false }
export type Act<Input, Output> = {
  /** Runs the act once; while it is running, and where it fails (see `error`), `isDone` is false. */
  readonly run: (input: Input) => Promise<Ran<Output>>
  readonly isRunning: boolean
  readonly error: AnswerError | undefined
  readonly reset: () => void
}

/** An act on the server with its running state; `refreshes` names the path prefixes whose answers it changes. */
export function useAct<Input, Output = unknown>(
  request: (input: Input) => { readonly path: string } & AskOptions,
  options: { readonly refreshes?: readonly string[] } = {},
): Act<Input, Output> {
  const refresh = useRefresh()
  const mutation = useMutation<Output, Error, Input>({
    mutationFn: (input) => {
      const { path, method = 'POST', ...rest } = request(input)
      return ask<Output>(path, { method, ...rest })
    },
    onSuccess: () => Promise.all((options.refreshes ?? []).map((prefix) => refresh(prefix))),
  })
  const { isPending, mutateAsync } = mutation
  const run = useCallback(
    async (input: Input): Promise<Ran<Output>> => {
      if (isPending) return { isDone: false }
      return mutateAsync(input).then(
        (output) => ({ isDone: true, output }),
        // The failure is drawn from `error`.
        () => ({ isDone: false }),
      )
    },
    [isPending, mutateAsync],
  )
  return {
    run,
    isRunning: isPending,
    error: mutation.error ? answerError(mutation.error) : undefined,
    reset: mutation.reset,
  }
}

function answerError(error: Error): AnswerError {
  return error instanceof AnswerError ? error : new AnswerError(0, [], { cause: error })
}
