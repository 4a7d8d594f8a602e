/** The images of the chosen series on the stage; images that arrive later join without moving what is being looked at. */
import { AnswerError } from '@xinglin/kit'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { ViewedSeries } from '../../reading/shapes.ts'
import { fetchSeries } from './series-images.ts'
import type { Stage } from './stage.ts'

export type SeriesState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: AnswerError; readonly retry: () => void }
  | { readonly state: 'ready'; readonly imageIds: readonly string[]; readonly isCalibrated: boolean }

export type SeriesOptions = {
  readonly study: string
  readonly series: ViewedSeries
  readonly clearFailure: () => void
}

export function useSeries(
  stage: Stage | undefined,
  { study, series, clearFailure }: SeriesOptions,
): SeriesState {
  const [state, setState] = useState<SeriesState>({ state: 'loading' })
  const [attempt, setAttempt] = useState(0)
  const shown = useRef<{ readonly series: string; readonly imageIds: readonly string[] }>(undefined)
  const { uid, instanceCount } = series

  const put = useEffectEvent(async (imageIds: readonly string[]) => {
    if (!stage || imageIds.length === 0) return
    const before = shown.current?.series === uid ? shown.current.imageIds[stage.view().index] : undefined
    shown.current = { series: uid, imageIds }
    clearFailure()
    await stage.show(imageIds, Math.max(0, before ? imageIds.indexOf(before) : 0))
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: instanceCount and attempt are reasons to fetch again.
  useEffect(() => {
    if (!stage) return
    const leaving = new AbortController()
    if (shown.current?.series !== uid) setState({ state: 'loading' })
    fetchSeries(study, uid, leaving.signal)
      .then(async (images) => {
        if (leaving.signal.aborted) return
        await put(images.imageIds)
        setState({ state: 'ready', ...images })
      })
      .catch((cause: unknown) => {
        if (leaving.signal.aborted) return
        const error = cause instanceof AnswerError ? cause : new AnswerError(0, [], { cause })
        setState({ state: 'failed', error, retry: () => setAttempt((count) => count + 1) })
      })
    return () => leaving.abort()
  }, [stage, study, uid, instanceCount, attempt])

  return state
}
