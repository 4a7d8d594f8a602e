/**
 * Telling other processes that the log has grown. A NOTIFY inside the writing transaction would hold PostgreSQL's
 * notification lock over its commit and so put all commits in one line; this one goes out afterwards, on its own.
 */
import { type Database, sql } from '@xinglin/database'
import type { Runtime } from '@xinglin/runtime'

const channel = 'xinglin_events'
/** At most one NOTIFY in this time, the first at once. */
const leastPauseMs = 50

export interface Notices {
  start(): Promise<void>
  stop(): Promise<void>
  /** This process has committed entries. */
  send(): void
}

/** Notices of one process; `heard` is called for those of all, its own too. */
export function createNotices(options: { database: Database; runtime: Runtime; heard: () => void }): Notices {
  const { database, runtime, heard } = options
  let pause: NodeJS.Timeout | undefined
  let isDue = false
  let isStopped = false
  let stopListening: (() => Promise<void>) | undefined
  let sending: Promise<void> = Promise.resolve()

  const notify = async () => {
    try {
      await database.query(sql`select pg_notify(${channel}, '')`)
    } catch (error) {
      // Other processes then find the entries by their slow poll.
      runtime.log.warn('other processes could not be told of new entries', {
        reason: error instanceof Error ? error.name : typeof error,
      })
    }
  }

  const send = () => {
    if (isStopped) return
    if (pause) {
      isDue = true
      return
    }
    sending = notify()
    pause = setTimeout(() => {
      pause = undefined
      if (!isDue) return
      isDue = false
      send()
    }, leastPauseMs)
    pause.unref()
  }

  return {
    async start() {
      isStopped = false
      stopListening ??= await database.listen(channel, heard)
    },
    async stop() {
      isStopped = true
      clearTimeout(pause)
      pause = undefined
      const stop = stopListening
      stopListening = undefined
      await sending
      if (isDue) await notify()
      isDue = false
      await stop?.()
    },
    send,
  }
}
