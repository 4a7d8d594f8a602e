/** The FHIR door as a screen asks it: by session, with what may name a patient in the body and never in an address. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type Answer, AnswerError, issuesOf, pageLanguage } from '@xinglin/kit'
import { useCallback } from 'react'

export const door = '/fhir/R4'

export type Asked = {
  /** Below the door: `Patient/1`. It holds types, ids and names of operations only. */
  readonly path: string
  /** Parameters; sent as a form, so that no address holds them. */
  readonly form?: string
  /** A resource for an operation. */
  readonly body?: string
  /** Takes something away; GET, or POST where something is sent, in all other cases. */
  readonly method?: 'DELETE'
  /** Work that goes on after the answer (R4 async.html §3.1.6.1); its address stands in `content-location`. */
  readonly isAsync?: boolean
}
export type Told = {
  readonly status: number
  readonly text: string
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  /** From the question to the whole answer, in milliseconds. */
  readonly tookMs: number
}

/** Asks the door and gives the answer as it was written, with its decimals; throws `AnswerError`. */
export async function askDoor(asked: Asked, signal?: AbortSignal): Promise<Told> {
  const from = performance.now()
  const { path, form, body, isAsync } = asked
  const sent = body ?? form
  const type = body === undefined ? 'application/x-www-form-urlencoded' : 'application/fhir+json'
  try {
    const response = await fetch(`${door}/${path}`, {
      method: asked.method ?? (sent === undefined ? 'GET' : 'POST'),
      credentials: 'same-origin',
      headers: {
        accept: 'application/fhir+json',
        'accept-language': pageLanguage(),
        'x-xinglin': '1',
        ...(sent === undefined ? {} : { 'content-type': type }),
        ...(isAsync ? { prefer: 'respond-async' } : {}),
      },
      ...(sent === undefined ? {} : { body: sent }),
      ...(signal ? { signal } : {}),
    })
    const text = await response.text()
    if (!response.ok) throw new AnswerError(response.status, issuesOf(text))
    const headers = Object.fromEntries(response.headers)
    return { status: response.status, text, headers, tookMs: performance.now() - from }
  } catch (error) {
    if (error instanceof AnswerError || signal?.aborted) throw error
    throw new AnswerError(0, [], { cause: error })
  }
}

export type DoorOptions<T> = {
  readonly read: (told: Told) => T
  readonly staleAfterMs?: number
  readonly keepsPrevious?: boolean
  /** Asks again this often while the screen is visible. */
  readonly everyMs?: number
}

/** Asks the door and follows the answer; undefined asks nothing and stays loading. `read` must stay the same function. */
export function useDoor<T>(asked: Asked | undefined, options: DoorOptions<T>): Answer<T> {
  const query = useQuery<Told, Error, T>({
    queryKey: ['ask', `${door}/${asked?.path ?? ''}`, asked?.form, asked?.body],
    queryFn: ({ signal }) => askDoor(asked ?? { path: '' }, signal),
    enabled: asked !== undefined,
    select: options.read,
    staleTime: options.staleAfterMs ?? 5_000,
    retry: false,
    ...(options.everyMs ? { refetchInterval: options.everyMs } : {}),
    ...(options.keepsPrevious ? { placeholderData: keepPreviousData } : {}),
  })
  const retry = useCallback(() => void query.refetch(), [query.refetch])
  const error = query.error ? asAnswerError(query.error) : undefined
  if (error && error.status !== 401 && (query.data === undefined || query.isError))
    return error.status === 403 ? { state: 'refused', error } : { state: 'failed', error, retry }
  if (query.data === undefined) return { state: 'loading' }
  return {
    state: 'ready',
    data: query.data,
    asOfMs: query.dataUpdatedAt,
    isRefreshing: query.isFetching,
    retry,
  }
}

/** The error as one of the server's. */
export function asAnswerError(error: unknown): AnswerError {
  return error instanceof AnswerError ? error : new AnswerError(0, [], { cause: error })
}
