/** What a listener bears, each with its reason. */
import { type FrameLimits, frameLimits } from '@xinglin/hl7v2/mllp'

export type ListenerLimits = {
  readonly frame: FrameLimits
  readonly connections: number
  readonly idleMs: number
  readonly keepAliveMs: number
  readonly outsideMs: number
  readonly inFlightMessages: number
  readonly inFlightBytes: number
  readonly unreadAnswerBytes: number
  readonly drainMs: number
}

export const listenerLimits: ListenerLimits = {
  frame: frameLimits,
  /** A large hospital has some dozens of sending systems, each with a few connections. */
  connections: 256,
  /** Senders keep connections open through quiet nights; an hour without a byte is a dead peer. */
  idleMs: 3_600_000,
  /** TCP finds out by itself that a peer is gone, without waiting for the idle limit. */
  keepAliveMs: 60_000,
  /** A sender that forgot the start byte is told so while somebody still watches. */
  outsideMs: 3_000,
  /** Pipelining beyond this gains nothing: one transaction takes 32 messages. */
  inFlightMessages: 64,
  /** Two of the largest frames for each connection. */
  inFlightBytes: 32 * 1024 * 1024,
  /** Answers are 200 bytes; thousands unread mean that nobody reads. */
  unreadAnswerBytes: 1024 * 1024,
  /** SIGTERM leaves 10 s for the whole platform. */
  drainMs: 5_000,
}
