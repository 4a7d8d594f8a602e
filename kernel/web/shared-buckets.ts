/**
 * Rates that all processes keep together: tokens are leased from PostgreSQL by the tenth of a second and spent here, so that
 * a busy client costs ten statements a second and not one a request. What a process has leased and not spent is beyond the
 * rate at most once.
 */
import type { Lease, Rate } from '@xinglin/identity'
import { maxBuckets } from './limits.ts'

const leasedSeconds = 0.1

export type SharedBucketsOptions = {
  readonly lease: (key: string, rate: Rate, want: number) => Promise<Lease>
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number
}

export interface SharedBuckets {
  /** Takes one token of `key`: 0 when it was there, else the whole seconds until the next one; not a promise of it while leased ones are left. */
  take(key: string, rate: Rate): number | Promise<number>
}

type Held = { tokens: number; emptyUntilMs: number; leasing?: Promise<void> | undefined }

/** Buckets by key; of the least recently used beyond 50,000 what was leased is forgotten. */
export function createSharedBuckets({ lease, elapsedMs }: SharedBucketsOptions): SharedBuckets {
  const buckets = new Map<string, Held>()

  const heldOf = (key: string): Held => {
    const held = buckets.get(key) ?? { tokens: 0, emptyUntilMs: 0 }
    buckets.delete(key)
    buckets.set(key, held)
    if (buckets.size > maxBuckets) buckets.delete(buckets.keys().next().value ?? key)
    return held
  }

  const fill = async (held: Held, key: string, rate: Rate) => {
    const { tokens, waitMs } = await lease(key, rate, Math.max(1, Math.floor(rate.perSecond * leasedSeconds)))
    held.tokens += tokens
    if (tokens === 0) held.emptyUntilMs = elapsedMs() + waitMs
  }

  const takeLeased = async (held: Held, key: string, rate: Rate): Promise<number> => {
    while (held.tokens < 1) {
      const waitMs = held.emptyUntilMs - elapsedMs()
      if (waitMs > 0) return Math.max(1, Math.ceil(waitMs / 1_000))
      // Whoever comes while tokens are being leased waits for the same ones.
      held.leasing ??= fill(held, key, rate).finally(() => {
        held.leasing = undefined
      })
      await held.leasing
    }
    held.tokens -= 1
    return 0
  }

  return {
    take(key, rate) {
      const held = heldOf(key)
      if (held.tokens < 1) return takeLeased(held, key, rate)
      held.tokens -= 1
      return 0
    },
  }
}
