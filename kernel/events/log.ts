/** The log of one process on PostgreSQL (schema `events`); any number of processes may share one database. */
import type { Database, Migrations } from '@xinglin/database'
import type { Runtime } from '@xinglin/runtime'
import { appendEntries } from './append.ts'
import { createConsumer } from './consumer.ts'
import { consumerStates } from './cursors.ts'
import type { Consumer, EventLog } from './events.ts'
import { createNotices } from './notices.ts'
import { newestPosition, readWanted } from './read-entries.ts'
import { createTail } from './tail.ts'

/** Tables of the schema `events`. */
export const eventsMigrations: Migrations = {
  name: 'events',
  folder: new URL('./migrations/', import.meta.url),
}

/** The log; `start` makes it hear of other processes' entries, appending and reading work without. */
export function createEventLog({ database, runtime }: { database: Database; runtime: Runtime }): EventLog {
  const tail = createTail({ database, runtime })
  const notices = createNotices({ database, runtime, heard: tail.wake })
  const consumers = new Set<Consumer>()
  const announce = () => {
    tail.wake()
    notices.send()
  }
  return {
    append(transaction, author, statements) {
      if (statements.length === 0) return
      appendEntries(transaction, { ...author, at: runtime.now() }, statements)
      transaction.afterCommit(announce)
    },
    read: (wanted) => readWanted(database, { ...wanted, timeZone: runtime.timeZone }),
    head: () => newestPosition(database, false),
    consumer(options) {
      const consumer = createConsumer({ database, runtime, tail }, options)
      consumers.add(consumer)
      return consumer
    },
    follow: tail.follow,
    consumers: () => consumerStates(database),
    async start() {
      await Promise.all([tail.start(), notices.start()])
    },
    async stop() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()))
      await Promise.all([tail.stop(), notices.stop()])
    },
  }
}
