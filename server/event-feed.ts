/** The ordered log to other systems by NATS, where one is set. */
import { readFile } from 'node:fs/promises'
import type { Kernel } from '@xinglin/app'
import { type EventFeed, startEventFeed } from '@xinglin/nats'
import type { Config } from './config.ts'

/** Publishes from this process; undefined where no NATS is set. */
export async function openEventFeed(
  { database, events, runtime }: Kernel,
  { eventsUrls: urls, eventsStream: stream, eventsReplicas: replicas, ...files }: Config,
): Promise<EventFeed | undefined> {
  if (!urls) return undefined
  const [authorities, credentials] = await Promise.all(
    [files.eventsAuthorities, files.eventsCredentials].map(async (file) =>
      file ? readFile(file, 'utf8') : undefined,
    ),
  )
  const settings = {
    ...{ urls, stream, replicas },
    ...(authorities ? { authorities } : {}),
    ...(credentials ? { credentials } : {}),
  }
  return startEventFeed({ database, events, runtime, settings })
}
