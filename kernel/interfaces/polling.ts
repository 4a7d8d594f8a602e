/**
 * The life of a source that asks by itself: it looks while this process has the turn, again at once where there was more, and
 * rests for 1, 2, 4 … 60 s where what it asks cannot be reached.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { OutcomeError } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { OpenSource } from './interfaces.ts'
import type { SourceSeat } from './seat.ts'

/** How soon a process that waits for the turn notices that it has it. */
const turnLookMs = 500
const firstRestMs = 1_000
const longestRestMs = 60_000
/** 1 s doubled ten times is beyond the longest rest. */
const mostDoublings = 10

export type PollingOptions = {
  readonly seat: SourceSeat
  readonly runtime: Runtime
  readonly address: string
  /** Between two looks of which the first found nothing more. */
  readonly everyMs: number
  /** A look takes at most so long. */
  readonly longestLookMs: number
  /** Takes what is there; answers whether there is more. Stops early when the signal says so. */
  readonly look: (signal: AbortSignal) => Promise<{ readonly hasMore: boolean }>
  /** Gives back what a look opened: after a failure, when the turn is lost and at the end. */
  readonly close?: () => Promise<void>
}

/** Looks until it is stopped. */
export function startPolling(options: PollingOptions): OpenSource {
  const { seat, runtime, everyMs } = options
  const stopping = new AbortController()
  let failures = 0

  async function restMsAfterLook(): Promise<number> {
    if (!seat.hasTurn()) {
      await options.close?.()
      return Math.min(turnLookMs, everyMs)
    }
    const flight = new AbortController()
    const giveUp = () => flight.abort()
    const timer = setTimeout(giveUp, options.longestLookMs).unref()
    stopping.signal.addEventListener('abort', giveUp)
    try {
      const { hasMore } = await Promise.race([options.look(flight.signal), rejectsWith(flight.signal)])
      if (failures > 0) seat.tell(undefined)
      failures = 0
      return hasMore ? 0 : everyMs
    } catch (cause) {
      await options.close?.().catch(() => undefined)
      if (stopping.signal.aborted) return 0
      failures += 1
      const code = codeOf(cause)
      if (failures === 1) runtime.log.warn('a source cannot be read', { interface: seat.interface, code })
      seat.tell({ code })
      return Math.min(firstRestMs * 2 ** Math.min(failures - 1, mostDoublings), longestRestMs)
    } finally {
      clearTimeout(timer)
      stopping.signal.removeEventListener('abort', giveUp)
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const restMs = await restMsAfterLook()
      await sleep(restMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    }
    await options.close?.().catch(() => undefined)
  }

  const running = run()
  return {
    address: options.address,
    async stop() {
      stopping.abort()
      await running
    },
  }
}

class NotInTimeError extends Error {
  override readonly name = 'NotInTimeError'
}

/** A look that does not mind its signal cannot hold the source. */
function rejectsWith(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new NotInTimeError()), { once: true })
  })
}

/** Codes of the system (`ENOENT`), of ours, and names only: a message may quote what was read. */
function codeOf(cause: unknown): string {
  if (cause instanceof OutcomeError)
    return cause.outcome.issue[0]?.details?.coding?.[0]?.code ?? 'OutcomeError'
  if (!(cause instanceof Error)) return 'unknown'
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}
