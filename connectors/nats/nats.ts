/** The ordered log on NATS JetStream, for other systems and for workers on other machines (docs/nats.md). */
import type { Migrations } from '@xinglin/database'

export { type EventFeed, startEventFeed } from './feed.ts'
export { type FeedSettings, serversOf } from './settings.ts'

/** Tables of the schema `nats`. */
export const natsMigrations: Migrations = {
  name: 'nats',
  folder: new URL('./migrations/', import.meta.url),
}
