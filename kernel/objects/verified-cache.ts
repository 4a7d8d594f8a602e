/** What was verified lately, so that the many ranges of one image (frames, tiles) do not read it whole each time. */

// Within this span a second look would find the same; a silent change of the disk is found at the next.
const verifiedLastsMs = 10 * 60_000
// About 2 MB of names.
const maxVerified = 10_000

export interface VerifiedCache {
  /** Whether `object` was verified within 10 minutes while `state` (size, times, ETag) was the same. */
  holds(object: string, state: string): boolean
  add(object: string, state: string): void
}

/** Remembers up to 10,000 verified objects, the oldest forgotten first. */
export function createVerifiedCache(elapsedMs: () => number): VerifiedCache {
  const verified = new Map<string, { readonly state: string; readonly atMs: number }>()
  return {
    holds(object, state) {
      const entry = verified.get(object)
      return entry !== undefined && entry.state === state && elapsedMs() - entry.atMs < verifiedLastsMs
    },
    add(object, state) {
      verified.delete(object)
      verified.set(object, { state, atMs: elapsedMs() })
      if (verified.size > maxVerified) verified.delete(verified.keys().next().value ?? object)
    },
  }
}
