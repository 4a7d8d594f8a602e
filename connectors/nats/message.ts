/** What of an entry of the log is published: that something changed and where, never what it says or who did it. */
import type { LogEntry } from '@xinglin/events'

export type FeedMessage = {
  readonly subject: string
  /** The position in the log: id of the message, and the key by which a receiver knows a repetition. */
  readonly id: string
  readonly body: string
}

/** `<prefix>.<tenant>.<app>.<past-tense>.<ResourceType or ->`, each part one word for filters with `*` and `>`. */
export function messageOf(entry: LogEntry, prefix: string): FeedMessage {
  const { position, at, tenant, kind, resourceType, resourceId, version, patient } = entry
  return {
    subject: `${prefix}.${tenant}.${kind}.${resourceType ?? '-'}`,
    id: position,
    body: JSON.stringify({ id: position, at, tenant, kind, resourceType, resourceId, version, patient }),
  }
}
