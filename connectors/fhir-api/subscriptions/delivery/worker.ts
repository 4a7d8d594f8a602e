/**
 * The deliverer of one process. Each subscription that is due is claimed for a turn in PostgreSQL, so that any number of
 * processes share them and none is worked on twice; a slow receiver keeps its own turn waiting and nobody else's.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createAddresses } from '@xinglin/web'
import type { SubscriptionsKernel } from '../kernel.ts'
import { lanes, lanesForFailing, pollMs, restMs } from '../limits.ts'
import type { SubscriptionSettings } from '../settings.ts'
import { claimTurns, type Turn } from '../store/deliveries.ts'
import { createWaker, wakeChannel } from '../wake.ts'
import { createPost } from './post.ts'
import { takeTurn } from './turn.ts'

/** Starts delivering; `stop` cuts off requests that are on their way, which are then repeated. */
export async function startDelivering(
  kernel: SubscriptionsKernel,
  settings: SubscriptionSettings,
): Promise<{ stop(): Promise<void> }> {
  const { database, runtime } = kernel
  const stopping = new AbortController()
  const waker = createWaker()
  const post = createPost(createAddresses(settings.networks))
  const running = new Map<Promise<void>, Turn>()
  const stopListening = await database.listen(wakeChannel, () => waker.wake())

  const run = (turn: Turn) => {
    const done = takeTurn({ kernel, settings, post, stopping: stopping.signal }, turn)
      .catch((error: unknown) => {
        runtime.log.error('a turn of a subscription failed', { subscription: turn.id, reason: nameOf(error) })
      })
      .finally(() => {
        running.delete(done)
        waker.wake()
      })
    running.set(done, turn)
  }

  const claim = async (failing: boolean, limit: number) => {
    if (limit <= 0) return
    const options = { claim: runtime.newId(), at: runtime.now(), failing, limit }
    for (const turn of await claimTurns(database, options)) run(turn)
  }

  const work = async () => {
    while (!stopping.signal.aborted) {
      const failing = [...running.values()].filter(({ failures }) => failures > 0).length
      try {
        await claim(false, lanes - running.size)
        await claim(true, Math.min(lanesForFailing - failing, lanes - running.size))
      } catch (error) {
        runtime.log.warn('subscriptions cannot be looked at now', { reason: nameOf(error) })
      }
      await waker.sleep(pollMs)
      if (!stopping.signal.aborted) await sleep(restMs)
    }
  }

  const working = work()
  return {
    async stop() {
      stopping.abort()
      waker.wake()
      await stopListening()
      await working
      await Promise.all(running.keys())
      post.close()
    },
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
