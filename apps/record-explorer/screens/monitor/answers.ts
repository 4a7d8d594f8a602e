/** What the monitors of subscriptions and of bulk work answer, as far as the screens read it. */

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

export type JobsAnswer = {
  readonly exports: readonly (JobRow & { readonly resources: number; readonly level: string })[]
  readonly imports: readonly (JobRow & {
    readonly written: number
    readonly refused: number
    readonly inputs: number
  })[]
}
export type JobRow = {
  readonly id: string
  readonly owner: string
  readonly state: string
  readonly at: string
  /** From 0 to 1. */
  readonly share: number
  readonly ended?: string
  readonly reason?: string
}
