/** Indexes again what was stored before search learned something new, beside the day's work, in the process of the jobs. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kernel } from '@xinglin/app'

/** Between two batches others write: half of the time at most is taken. */
const pauseMs = 100
/** While nothing is to be done or another process is at it, and after a failed batch: how soon a new SearchParameter is noticed. */
const retryMs = 2_000

/** Starts where it was left; `stop` waits for the batch that is running. */
export function startReindexing({ records, runtime }: Kernel): { stop(): Promise<void> } {
  const { log } = runtime
  const stopping = new AbortController()
  let lastShare = -1
  const work = async () => {
    for (;;) {
      const progress = await records.reindex().catch((cause: unknown) => {
        log.warn('a batch was not indexed again', {
          error: cause instanceof Error ? cause.name : typeof cause,
        })
        return undefined
      })
      if (progress?.isDone) {
        lastShare = -1
        await sleep(retryMs, undefined, { signal: stopping.signal })
        continue
      }
      const isMoving = progress !== undefined && progress.share !== lastShare
      if (isMoving)
        log.info('older resources are indexed again', { percent: Math.floor(progress.share * 100) })
      lastShare = progress?.share ?? lastShare
      await sleep(isMoving ? pauseMs : retryMs, undefined, { signal: stopping.signal })
    }
  }
  const working = work().catch((cause: unknown) => {
    // The pause ends so when the platform stops; nothing else throws.
    if (!stopping.signal.aborted) throw cause
  })
  return {
    async stop() {
      stopping.abort()
      await working
    },
  }
}
