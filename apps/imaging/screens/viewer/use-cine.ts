/** Running through a stack by itself (PS3.3 C.7.6.5 calls it cine). */
import { useEffect } from 'react'
import type { Stage } from './stage.ts'

/** A calm pace for slices; ultrasound clips run at about this rate too. */
const framesPerSecond = 12

/** While `isRunning` the stack goes on by one image at a time and starts again after the last. */
export function useCine(stage: Stage | undefined, isRunning: boolean, count: number): void {
  useEffect(() => {
    if (!stage || !isRunning || count < 2) return
    let isBusy = false
    const timer = setInterval(() => {
      // An image that is still on its way is waited for, not skipped.
      if (isBusy) return
      isBusy = true
      void stage.goTo((stage.view().index + 1) % count).finally(() => {
        isBusy = false
      })
    }, 1000 / framesPerSecond)
    return () => clearInterval(timer)
  }, [stage, isRunning, count])
}
