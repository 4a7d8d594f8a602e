/**
 * Which delivery goes next: those with equal keys one after the other in their order, others beside each other. A lane is
 * free again only when what became of its first delivery is on the disk. No I/O; time comes in as milliseconds.
 */

export type Lanes<Item> = {
  /** Deliveries that are known and not settled. */
  readonly size: number
  /** Puts a delivery behind those of its key. False where it is known already. */
  add(item: Item): boolean
  /** The next delivery whose lane is free and due; its lane is taken until `done` or `again`. */
  next(nowMs: number): Item | undefined
  /** The first delivery of its lane is settled. */
  done(item: Item): void
  /** The first delivery of its lane stays the first and is due at `dueMs`. */
  again(item: Item, dueMs: number): void
  /** When the earliest free lane is due; undefined where none is free. */
  nextDueMs(): number | undefined
  has(id: string): boolean
  clear(): void
}

type Keyed = { readonly id: string; readonly key: string }
type Lane<Item> = { readonly items: Item[]; dueMs: number; isTaken: boolean }

/** Lanes without deliveries. `dueMs` of what is added is 0: at once. */
export function createLanes<Item extends Keyed & { readonly dueMs: number }>(): Lanes<Item> {
  const lanes = new Map<string, Lane<Item>>()
  const known = new Set<string>()
  /** Keys of lanes that are free and due, first come first. */
  let ready = new Set<string>()
  /** Keys of lanes that are free and wait for their time: few, for they had a busy receiver. */
  const resting = new Set<string>()

  function free(key: string, lane: Lane<Item>): void {
    lane.isTaken = false
    if (lane.dueMs > 0) resting.add(key)
    else ready.add(key)
  }

  function wakeRested(nowMs: number): void {
    for (const key of resting) {
      const lane = lanes.get(key)
      if (lane && lane.dueMs > nowMs) continue
      resting.delete(key)
      if (lane) ready.add(key)
    }
  }

  return {
    get size() {
      return known.size
    },
    add(item) {
      if (known.has(item.id)) return false
      known.add(item.id)
      const lane = lanes.get(item.key)
      if (lane) {
        lane.items.push(item)
        return true
      }
      const opened: Lane<Item> = { items: [item], dueMs: item.dueMs, isTaken: false }
      lanes.set(item.key, opened)
      free(item.key, opened)
      return true
    },
    next(nowMs) {
      if (resting.size > 0) wakeRested(nowMs)
      for (const key of ready) {
        ready.delete(key)
        const lane = lanes.get(key)
        const first = lane?.items[0]
        if (!lane || !first) continue
        lane.isTaken = true
        return first
      }
      return undefined
    },
    done(item) {
      known.delete(item.id)
      const lane = lanes.get(item.key)
      if (!lane) return
      lane.items.shift()
      const first = lane.items[0]
      if (!first) {
        lanes.delete(item.key)
        return
      }
      lane.dueMs = first.dueMs
      free(item.key, lane)
    },
    again(item, dueMs) {
      const lane = lanes.get(item.key)
      if (!lane) return
      lane.dueMs = dueMs
      free(item.key, lane)
    },
    nextDueMs() {
      if (ready.size > 0) return 0
      let earliest: number | undefined
      for (const key of resting) {
        const dueMs = lanes.get(key)?.dueMs ?? 0
        earliest = earliest === undefined ? dueMs : Math.min(earliest, dueMs)
      }
      return earliest
    },
    has: (id) => known.has(id),
    clear() {
      lanes.clear()
      known.clear()
      ready = new Set()
      resting.clear()
    },
  }
}
