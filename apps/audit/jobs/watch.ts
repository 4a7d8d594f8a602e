/** Looking for anomalies each ten minutes, so that who judges them is told without asking. */
import type { Kernel } from '@xinglin/app'
import { type Instant, instantOf } from '@xinglin/fhir'
import { watchAnomalies } from '@xinglin/identity/audit'

/** The rules are about hours and nights; a look costs what two days of the trail cost to read. */
const everyMs = 10 * 60_000
/** Not in the first seconds of a start, in which everything else begins too. */
const firstAfterMs = 60_000

export const watchTask = 'audit.watch-anomalies'

/** Looks, then asks for the next look; one that fails is tried again by the jobs. */
export async function watch(kernel: Kernel): Promise<void> {
  const { database, records, events, runtime } = kernel
  await watchAnomalies({ database, records, events, runtime, timeZone: runtime.timeZone })
  await askNext(kernel, everyMs)
}

/** The first look after a start; the key leaves one, however many processes start. */
export function watchFromNow(kernel: Kernel): Promise<void> {
  return askNext(kernel, firstAfterMs)
}

function askNext({ database, jobs, runtime }: Kernel, afterMs: number): Promise<void> {
  const runAt: Instant = instantOf(Date.parse(runtime.now()) + afterMs, runtime.timeZone)
  return database.transaction((transaction) =>
    jobs.enqueue(transaction, { task: watchTask, payload: {}, runAt, key: watchTask }),
  )
}
