/** A scan is asked for in the transaction of the act; one at a time an institution. */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { JobTasks } from '@xinglin/jobs'
import type { Unit } from '@xinglin/records'
import { runScan } from './run-scan.ts'

const task = 'master-index.scan'

/** The number of the scan that will run: the one that waits already, or a new one. */
export async function askForScan(
  { jobs, runtime }: Pick<Kernel, 'jobs' | 'runtime'>,
  unit: Pick<Unit, 'transaction' | 'tenant' | 'at'>,
  display: string,
): Promise<string> {
  const { transaction, tenant } = unit
  const [waiting] = await transaction.query<{ id: string }>(sql<{ id: string }>`
    select id from master_index.scan where tenant = ${tenant} and state = 'waiting' limit 1`)
  if (waiting) return waiting.id
  const scan = runtime.newId()
  await transaction.query(sql`
    insert into master_index.scan (tenant, id, state, asked, asked_display)
    values (${tenant}, ${scan}, 'waiting', ${unit.at}, ${display})`)
  await jobs.enqueue(transaction, { task, payload: { tenant, scan }, queue: `${task} ${tenant}` })
  return scan
}

/** The work of scanning. */
export function scanTasks(kernel: Kernel): JobTasks {
  return {
    [task]: ({ tenant, scan }, signal) =>
      runScan(kernel, { tenant: Number(tenant) as TenantId, scan: String(scan), signal }),
  }
}
