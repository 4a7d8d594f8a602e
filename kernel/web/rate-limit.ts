/** Token buckets: a rate on average, a burst at once, in bounded memory. */

import { maxBuckets } from './limits.ts'

export type BucketOptions = {
  readonly perSecond: number
  /** Tokens that a full bucket holds. */
  readonly burst: number
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number
}

export interface Buckets {
  /** Takes one token of `key`: 0 when it was there, else the whole seconds until the next one (1 or more). */
  take(key: string): number
}

type Bucket = { tokens: number; atMs: number }

/** Buckets by key; the least recently used beyond 50,000 are forgotten (as if full again). */
export function createBuckets({ perSecond, burst, elapsedMs }: BucketOptions): Buckets {
  const buckets = new Map<string, Bucket>()

  function bucketOf(key: string, atMs: number): Bucket {
    const held = buckets.get(key)
    if (held) buckets.delete(key)
    const bucket = held ?? { tokens: burst, atMs }
    // Setting again moves the key to the end: a Map keeps insertion order, so the first key is the oldest.
    buckets.set(key, bucket)
    if (buckets.size > maxBuckets) buckets.delete(buckets.keys().next().value ?? key)
    return bucket
  }

  return {
    take(key) {
      const atMs = elapsedMs()
      const bucket = bucketOf(key, atMs)
      bucket.tokens = Math.min(burst, bucket.tokens + ((atMs - bucket.atMs) / 1000) * perSecond)
      bucket.atMs = atMs
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))
      bucket.tokens -= 1
      return 0
    },
  }
}
