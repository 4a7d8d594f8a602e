/** Exports as rows: asked for, taken up, told of, cancelled (Bulk Data Access 2.0, Request Flow). */
import type { Kernel } from '@xinglin/app'
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { busy, epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { askCleaning } from '../ask-cleaning.ts'
import { exportLastsMs, mostListed, mostUnfinished } from '../limits.ts'
import type { ExportPlan } from './plan.ts'

/** The task of the job queue. */
export const exportTask = 'bulk.export'

export type ExportState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
export type ExportRow = {
  readonly tenant: TenantId
  readonly id: string
  readonly owner: string
  readonly scopes: readonly string[]
  readonly request: string
  readonly plan: ExportPlan
  readonly at: Instant
  readonly state: ExportState
  readonly typeIndex: number
  readonly after: string | null
  readonly resources: number
  readonly ended: Instant | null
  readonly reason: string | null
}
export type ExportFile = {
  readonly number: number
  readonly kind: 'output' | 'deleted'
  readonly type: string
  readonly object: string
  readonly resources: number
  readonly sizeBytes: number
}
export type ExportKey = { readonly tenant: TenantId; readonly id: string }

const columns = sql`
  tenant, id, owner, scopes, request, plan, at, state, type_index as "typeIndex", after, resources, ended, reason`

/** Settles with the id when the export is asked for durably. Throws `busy` where the caller has too many unfinished. */
export function askExport(
  { database, jobs, runtime, identity }: Kernel,
  actor: Actor,
  { plan, request }: { readonly plan: ExportPlan; readonly request: string },
): Promise<string> {
  return database.transaction(async (transaction) => {
    const id = runtime.newId()
    const { tenant, reference: owner, scopes } = actor
    const [made] = await transaction.query(sql<{ id: string }>`
      insert into bulk.export (tenant, id, owner, scopes, request, plan, at)
      select ${tenant}, ${id}, ${owner}, ${scopes}, ${request}, ${JSON.stringify(plan)}::jsonb,
        least(${runtime.now()}::timestamptz, ${plan.until ?? null}::timestamptz)
      where ${mostUnfinished} > (
        select count(*) from bulk.export
        where tenant = ${tenant} and owner = ${owner} and state in ('waiting', 'running'))
      returning id`)
    if (!made)
      throw busy(`${mostUnfinished} exports of yours are not finished; wait for one or cancel it`, {
        code: 'bulk.too-many',
      })
    await jobs.enqueue(transaction, { task: exportTask, payload: { tenant, id }, key: id, queue: 'bulk' })
    const detail = `${plan.level} · ${plan.types.length} types`
    await identity.audit(actor, { action: 'bulk.export', outcome: 'allowed', detail }, transaction)
    return id
  })
}

/** Undefined where the owner has none of that id, and where its files may not be fetched any more. */
export async function exportOf(
  { database, runtime }: Kernel,
  { tenant, id, owner }: ExportKey & { readonly owner: string },
): Promise<ExportRow | undefined> {
  const [row] = await database.query(sql<ExportRow>`
    select ${columns}
    from bulk.export
    where tenant = ${tenant} and id = ${id} and owner = ${owner} and state <> 'cancelled'`)
  const isOver = row?.ended && epochMs(row.ended) + exportLastsMs < epochMs(runtime.now())
  return row && !isOver ? { ...row, at: instantOf(epochMs(row.at), runtime.timeZone) } : undefined
}

export async function filesOf(from: Queryable, { tenant, id }: ExportKey): Promise<readonly ExportFile[]> {
  return from.query(sql<ExportFile>`
    select number, kind, type, object, resources, size_bytes as "sizeBytes"
    from bulk.export_file
    where tenant = ${tenant} and export = ${id}
    order by number`)
}

/** The export as the job goes on with it; undefined where it is finished or cancelled. */
export async function takeUpExport(
  from: Queryable,
  { tenant, id }: ExportKey,
): Promise<ExportRow | undefined> {
  const [row] = await from.query(sql<ExportRow>`
    update bulk.export
    set state = 'running'
    where tenant = ${tenant} and id = ${id} and state in ('waiting', 'running')
    returning ${columns}`)
  return row
}

/** A cancelled export gives nothing more; its files are not shown again. */
export async function cancelExport(kernel: Kernel, { tenant, id }: ExportKey): Promise<void> {
  await kernel.database.transaction(async (transaction) => {
    await transaction.query(sql`
      update bulk.export
      set state = 'cancelled', ended = coalesce(ended, ${kernel.runtime.now()}::timestamptz)
      where tenant = ${tenant} and id = ${id}`)
    await askCleaning(transaction, kernel, exportLastsMs)
  })
}

/** For the monitor, newest first. */
export async function listExports(from: Queryable, tenant: TenantId): Promise<readonly ExportRow[]> {
  return from.query(sql<ExportRow>`
    select ${columns}
    from bulk.export
    where tenant = ${tenant}
    order by at desc, id
    limit ${mostListed}`)
}
