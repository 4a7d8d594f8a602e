/** A stage that lives as long as its element, and what it shows, as React state. */
import { type RefObject, useEffect, useId, useRef, useState } from 'react'
import { createStage, type Stage, type StageView } from './stage.ts'

export type StageState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly stage: Stage }
  | { readonly kind: 'no-graphics' }

export type UsedStage = {
  readonly element: RefObject<HTMLDivElement | null>
  readonly state: StageState
  readonly view: StageView | undefined
  /** The image that should be shown could not be fetched or decoded. */
  readonly hasFailed: boolean
  readonly clearFailure: () => void
}

export function useStage(): UsedStage {
  const id = useId()
  const element = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<StageState>({ kind: 'starting' })
  const [view, setView] = useState<StageView>()
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    if (!element.current) return
    let stage: Stage | undefined
    let isGone = false
    createStage(element.current, `stage${id}`, {
      changed: (next) => setView((present) => (isSame(present, next) ? present : next)),
      failed: () => setFailed(true),
    }).then(
      (created) => {
        stage = created
        if (isGone) created.destroy()
        else setState({ kind: 'ready', stage: created })
      },
      () => setState({ kind: 'no-graphics' }),
    )
    return () => {
      isGone = true
      stage?.destroy()
    }
  }, [id])
  return { element, state, view, hasFailed, clearFailure: () => setFailed(false) }
}

function isSame(one: StageView | undefined, other: StageView): boolean {
  return (
    one?.index === other.index &&
    one.zoom === other.zoom &&
    one.range?.lower === other.range?.lower &&
    one.range?.upper === other.range?.upper
  )
}
