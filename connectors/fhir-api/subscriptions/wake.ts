/** One sleeper that others wake: workers and sockets sleep until something is due or another process tells of new events. */

import { sql } from '@xinglin/database'
import type { SubscriptionsKernel } from './kernel.ts'

/** PostgreSQL channel on which new events and changed subscriptions are told. */
export const wakeChannel = 'xinglin_subscriptions'

export interface Waker {
  wake(): void
  /** Sleeps up to `forMs`; returns at once where a wake came since the last sleep ended. */
  sleep(forMs: number): Promise<void>
}

/** A waker for one loop. */
export function createWaker(): Waker {
  let isWoken = false
  let end: (() => void) | undefined
  return {
    wake() {
      isWoken = true
      end?.()
    },
    async sleep(forMs) {
      if (!isWoken) {
        await new Promise<void>((settle) => {
          const timer = setTimeout(settle, forMs)
          end = () => {
            clearTimeout(timer)
            settle()
          }
        })
      }
      end = undefined
      isWoken = false
    },
  }
}

/** Tells all processes, after a commit, that something is due; one that is not told finds it by its poll. */
export function announceWake({ database, runtime }: Pick<SubscriptionsKernel, 'database' | 'runtime'>): void {
  database.query(sql`select pg_notify(${wakeChannel}, '')`).catch((error: unknown) => {
    runtime.log.warn('subscribers could not be told at once', {
      reason: error instanceof Error ? error.name : typeof error,
    })
  })
}
