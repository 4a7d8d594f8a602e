/**
 * Which process sends the deliveries of a queue: the one that holds its advisory lock. All locks of a process hang on one
 * transaction that stays open and is asked once a second, so they are free the moment the process or its connection dies.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { Runtime } from '@xinglin/runtime'

/** How soon a lost connection is noticed, and a queue taken over from a process that died. */
const beatMs = 1_000
/** Locks of this package: the first of two numbers of an advisory lock. */
const lockClass = 0x11f

export interface Turns {
  /** Asks for the turn of this queue until it has it or is stopped; `changed` is called with whether it has it. */
  want(queue: string, changed: (hasTurn: boolean) => void): void
  start(): void
  stop(): Promise<void>
}

export function createTurns(database: Database, { log }: Runtime): Turns {
  const wanted = new Map<string, (hasTurn: boolean) => void>()
  const held = new Set<string>()
  const stopping = new AbortController()
  let wake: AbortController | undefined
  let running: Promise<void> | undefined

  async function hold(transaction: Transaction): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const [queue, changed] of wanted) {
        if (held.has(queue)) continue
        const [row] = await transaction.query(sql<{ isTaken: boolean }>`
          select pg_try_advisory_xact_lock(${lockClass}, hashtext(${queue})) as "isTaken"`)
        if (!row?.isTaken) continue
        held.add(queue)
        changed(true)
      }
      await rest()
      await transaction.query(sql`select 1`)
    }
  }

  async function rest(): Promise<void> {
    wake = new AbortController()
    const signal = AbortSignal.any([wake.signal, stopping.signal])
    await sleep(beatMs, undefined, { signal, ref: false }).catch(() => undefined)
  }

  function lose(): void {
    const lost = [...held]
    held.clear()
    for (const queue of lost) wanted.get(queue)?.(false)
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await database.transaction(hold)
      } catch (cause) {
        log.warn('the turns of queues were lost', { cause: cause instanceof Error ? cause.name : 'unknown' })
      }
      lose()
      if (!stopping.signal.aborted) await rest()
    }
  }

  return {
    want(queue, changed) {
      wanted.set(queue, changed)
      // One who comes after another of this process has the turn at once.
      if (held.has(queue)) changed(true)
      else wake?.abort()
    },
    start() {
      running ??= run()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
