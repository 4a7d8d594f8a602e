/** Cuts off peers that are silent for too long, or that trickle a message to hold an association (slow loris). */
import { idleMs, messageGraceMs, minBytesPerSecond } from '../settings.ts'

export type Flow = {
  readonly lastByteMs: number
  /** When the message under way began, and bytes since; undefined between messages. */
  readonly message: { readonly sinceMs: number; readonly bytes: number } | undefined
  /** We asked the peer to wait. */
  readonly isPaused: boolean
}

/** Why the association must end; undefined while it behaves. Times in milliseconds of one monotonic clock. */
export function complaintAbout(flow: Flow, nowMs: number): string | undefined {
  if (flow.isPaused) return undefined
  if (nowMs - flow.lastByteMs > idleMs) return 'nothing came for too long'
  if (!flow.message) return undefined
  const elapsedMs = nowMs - flow.message.sinceMs
  if (elapsedMs < messageGraceMs) return undefined
  return flow.message.bytes / (elapsedMs / 1000) < minBytesPerSecond
    ? 'a message comes too slowly'
    : undefined
}
