/** Looking for anomalies each ten minutes, so that who judges them is told without asking. */
import type { Kernel } from '@xinglin/app'
import { watchAnomalies } from '@xinglin/identity/audit'

/** The rules are about hours and nights; a look costs what two days of the trail cost to read. */
const everyMs = 10 * 60_000

export const watchTask = 'audit.watch-anomalies'

/** One look. */
export async function watch({ database, records, events, runtime }: Kernel): Promise<void> {
  await watchAnomalies({ database, records, events, runtime, timeZone: runtime.timeZone })
}

/** Asks for a look each ten minutes until it is stopped; by the key there is one, however many processes ask. */
export function startWatching({ database, jobs, runtime }: Kernel): { stop(): Promise<void> } {
  const ask = () =>
    database.transaction((transaction) =>
      jobs.enqueue(transaction, { task: watchTask, payload: {}, key: watchTask }),
    )
  const timer = setInterval(() => {
    ask().catch((error: unknown) =>
      runtime.log.error('nobody looks for anomalies of access until the database is there', {
        error: error instanceof Error ? error.message : typeof error,
      }),
    )
  }, everyMs).unref()
  return { stop: async () => clearInterval(timer) }
}
