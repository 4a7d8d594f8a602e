/** What the monitor of subscriptions answers, as far as the screen reads it. */

export type SubscriptionsAnswer = {
  readonly subscriptions: readonly SubscriptionRow[]
  readonly next?: string
}
export type SubscriptionRow = {
  readonly id: string
  readonly status: string
  readonly owner: string
  readonly topic: string
  readonly filters?: readonly unknown[]
  readonly content: string
  readonly channel: string
  readonly endpoint?: string
  readonly ends?: string
  readonly lastEvent: number
  readonly delivered: number
  readonly pending: number
  /** What is not tried any more until somebody resumes. */
  readonly deadLetters: number
  readonly failures: number
  readonly failingSince?: string
  readonly lastError?: string
  readonly lastSent?: string
}
