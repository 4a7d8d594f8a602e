/** The states of documents that have a word of their own. */

const statuses = ['current', 'superseded', 'entered-in-error', 'final', 'preliminary', 'amended'] as const
export type StatusWord = (typeof statuses)[number]

/** Undefined for a status without a word of its own. */
export function statusWord(status: string | undefined): StatusWord | undefined {
  return statuses.find((each) => each === status)
}
