/** A bounded memory: what was used longest ago goes first. */

export interface Kept<Value> {
  get(key: string): Value | undefined
  /** `weight` in the unit of the bound; what is heavier than a quarter of it is not kept. */
  keep(key: string, value: Value, weight: number): void
  clear(): void
}

/** Holds values up to a sum of weights. */
export function createKept<Value>(most: number): Kept<Value> {
  const kept = new Map<string, { readonly value: Value; readonly weight: number }>()
  let sum = 0
  const drop = (key: string) => {
    sum -= kept.get(key)?.weight ?? 0
    kept.delete(key)
  }
  return {
    get(key) {
      const found = kept.get(key)
      if (!found) return undefined
      kept.delete(key)
      kept.set(key, found)
      return found.value
    },
    keep(key, value, weight) {
      drop(key)
      if (weight > most / 4) return
      kept.set(key, { value, weight })
      sum += weight
      for (const [oldest] of kept) {
        if (sum <= most) return
        drop(oldest)
      }
    },
    clear() {
      kept.clear()
      sum = 0
    },
  }
}
