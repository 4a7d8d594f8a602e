/** Carries out what institutions chose to seal, beside the day's work, in the process of the jobs; any other goes on after a kill. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kernel } from '@xinglin/app'

/** Between two batches others write: half of the time at most is taken. */
const pauseMs = 100
/** While nothing is to be done, and after a failed batch: how soon a new choice is noticed. */
const retryMs = 2_000

/** Starts where it was left; `stop` waits for the batch that is running. */
export function startSealing({ records, traffic, runtime }: Kernel): { stop(): Promise<void> } {
  const { log } = runtime
  const stopping = new AbortController()
  const step = async (): Promise<boolean> => {
    const { isDone } = await records.sealing.step()
    const followed: boolean[] = []
    for (const choice of await records.sealing.choices()) followed.push(await traffic.followSealing(choice))
    return isDone && followed.every((each) => each)
  }
  const work = async () => {
    for (;;) {
      const isDone = await step().catch((cause: unknown) => {
        log.warn('a batch was not sealed', { error: cause instanceof Error ? cause.name : typeof cause })
        return true
      })
      await sleep(isDone ? retryMs : pauseMs, undefined, { signal: stopping.signal })
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
