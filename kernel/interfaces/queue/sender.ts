/** One destination of this process: opened when something is to be sent, closed and opened anew after a failure. */
import type { Answer, OpenDestination } from '../interfaces.ts'
import type { Due } from './store.ts'

/** It could not be reached, or did not answer in time. */
export type Unreachable = { readonly kind: 'unreachable'; readonly reason: string }

export interface Sender {
  /** Never rejects. */
  send(due: Due): Promise<Answer | Unreachable>
  /** What is on its way counts as not answered. */
  close(): Promise<void>
}

export type SenderOptions = {
  readonly open: () => OpenDestination
  readonly contentType: string
  /** An answer takes at most so long, in milliseconds. */
  readonly answerMs: number
}

/** A sender that is not open yet. */
export function createSender({ open, contentType, answerMs }: SenderOptions): Sender {
  const flights = new Set<AbortController>()
  let destination: OpenDestination | undefined

  async function leave(left: OpenDestination | undefined): Promise<void> {
    if (destination === left) destination = undefined
    await left?.close().catch(() => undefined)
  }

  return {
    async send(due) {
      const flight = new AbortController()
      flights.add(flight)
      const timer = setTimeout(() => flight.abort(new NoAnswerError()), answerMs)
      let used: OpenDestination | undefined
      try {
        destination ??= open()
        used = destination
        const { id, controlId, tries } = due
        const content = await due.content()
        const answer = used.send({ id, controlId, content, contentType, tries }, flight.signal)
        return await Promise.race([answer, aborted(flight.signal)])
      } catch (cause) {
        await leave(used)
        return { kind: 'unreachable', reason: reasonOf(cause) }
      } finally {
        clearTimeout(timer)
        flights.delete(flight)
      }
    },
    async close() {
      for (const flight of flights) flight.abort(new NoAnswerError())
      await leave(destination)
    },
  }
}

class NoAnswerError extends Error {
  constructor() {
    super('no answer in time')
    this.name = 'NoAnswerError'
  }
}

/** Rejects when the signal says so; a destination that does not look at its signal cannot hold the queue. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(new NoAnswerError())
    signal.addEventListener('abort', () => reject(new NoAnswerError()), { once: true })
  })
}

/** Codes of the system (`ECONNREFUSED`) and names only: a message may quote what was sent. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}
