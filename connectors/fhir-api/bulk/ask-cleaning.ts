/** Asks for the removal of files, with the act that makes them. */
import type { Kernel } from '@xinglin/app'
import type { Transaction } from '@xinglin/database'
import { epochMs, instantOf } from '@xinglin/fhir'

/** The task of the job queue. */
export const cleaningTask = 'bulk.clean'

const hourMs = 3_600_000

/** One removal at the first full hour after `afterMs`, however many ask for it. */
export async function askCleaning(
  transaction: Transaction,
  { jobs, runtime }: Pick<Kernel, 'jobs' | 'runtime'>,
  afterMs: number,
): Promise<void> {
  const hour = Math.ceil((epochMs(runtime.now()) + afterMs) / hourMs + 1)
  const runAt = instantOf(hour * hourMs, runtime.timeZone)
  await jobs.enqueue(transaction, { task: cleaningTask, payload: {}, runAt, key: `${cleaningTask} ${hour}` })
}
