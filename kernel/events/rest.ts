/** Lets a reader act at once after a quiet time, and seldom in a busy one. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Starts a rest of so many milliseconds; the function given settles when it is over, at once where it already is. */
export function restFrom(restMs: number): () => Promise<void> {
  const endsMs = performance.now() + restMs
  return async () => {
    const leftMs = endsMs - performance.now()
    if (leftMs > 0) await sleep(leftMs)
  }
}
