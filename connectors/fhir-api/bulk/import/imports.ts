/** Imports as rows: asked for with their inputs, taken up where the last batch was committed, told of, cancelled. */
import type { Kernel } from '@xinglin/app'
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { busy, type Instant, type OperationOutcome, type ResourceType } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { askCleaning } from '../ask-cleaning.ts'
import { exportLastsMs, mostListed, mostRefusalsShown, mostUnfinished } from '../limits.ts'

/** The task of the job queue. */
export const importTask = 'bulk.import'

export type ImportInput = {
  /** Where named, a line of another type is refused. */
  readonly type?: ResourceType
  /** As it was given. */
  readonly url: string
  /** Name and size of the bytes in the object store, once they are there: what lies elsewhere is fetched by the job. */
  readonly object?: string
  readonly sizeBytes?: number
}
export type ImportState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
export type ImportRow = {
  readonly tenant: TenantId
  readonly id: string
  readonly owner: string
  readonly scopes: readonly string[]
  readonly request: string
  readonly asked: Instant
  readonly inputs: readonly ImportInput[]
  readonly state: ImportState
  readonly input: number
  readonly nextByte: number
  readonly nextLine: number
  readonly written: number
  readonly refused: number
  readonly ended: Instant | null
  readonly reason: string | null
}
export type ImportKey = { readonly tenant: TenantId; readonly id: string }

/** A line that was not written, and why. */
export type Refusal = { readonly line: number; readonly outcome: OperationOutcome }

const columns = sql`
  tenant, id, owner, scopes, request, asked, inputs, state, input, next_byte as "nextByte", next_line as "nextLine", written,
  refused, ended, reason`

/** Settles with the id when the import is asked for durably. Throws `busy` where the caller has too many unfinished. */
export function askImport(
  { database, jobs, runtime, identity }: Kernel,
  actor: Actor,
  { inputs, request }: { readonly inputs: readonly ImportInput[]; readonly request: string },
): Promise<string> {
  return database.transaction(async (transaction) => {
    const id = runtime.newId()
    const { tenant, reference: owner, scopes } = actor
    const [made] = await transaction.query(sql<{ id: string }>`
      insert into bulk.import (tenant, id, owner, scopes, request, asked, inputs)
      select ${tenant}, ${id}, ${owner}, ${scopes}, ${request}, ${runtime.now()}, ${JSON.stringify(inputs)}::jsonb
      where ${mostUnfinished} > (
        select count(*) from bulk.import
        where tenant = ${tenant} and owner = ${owner} and state in ('waiting', 'running'))
      returning id`)
    if (!made)
      throw busy(`${mostUnfinished} imports of yours are not finished; wait for one or cancel it`, {
        code: 'bulk.too-many',
      })
    await jobs.enqueue(transaction, { task: importTask, payload: { tenant, id }, key: id, queue: 'bulk' })
    const detail = `${inputs.length} inputs`
    await identity.audit(actor, { action: 'bulk.import', outcome: 'allowed', detail }, transaction)
    return id
  })
}

/** Undefined where the owner has none of that id. */
export async function importOf(
  from: Queryable,
  { tenant, id, owner }: ImportKey & { readonly owner: string },
): Promise<ImportRow | undefined> {
  const [row] = await from.query(sql<ImportRow>`
    select ${columns}
    from bulk.import
    where tenant = ${tenant} and id = ${id} and owner = ${owner}`)
  return row
}

/** The import as the job goes on with it; undefined where it is finished or cancelled. */
export async function takeUpImport(
  from: Queryable,
  { tenant, id }: ImportKey,
): Promise<ImportRow | undefined> {
  const [row] = await from.query(sql<ImportRow>`
    update bulk.import
    set state = 'running'
    where tenant = ${tenant} and id = ${id} and state in ('waiting', 'running')
    returning ${columns}`)
  return row
}

/** What was written stays; nothing more is. */
export async function cancelImport(kernel: Kernel, { tenant, id }: ImportKey): Promise<void> {
  await kernel.database.transaction(async (transaction) => {
    await transaction.query(sql`
      update bulk.import
      set state = 'cancelled', ended = ${kernel.runtime.now()}::timestamptz
      where tenant = ${tenant} and id = ${id} and state in ('waiting', 'running')`)
    await askCleaning(transaction, kernel, exportLastsMs)
  })
}

/** Notes that the bytes of an input are here. */
export async function noteInputs(
  to: Queryable,
  { tenant, id }: ImportKey,
  inputs: readonly ImportInput[],
): Promise<void> {
  await to.query(sql`
    update bulk.import
    set inputs = ${JSON.stringify(inputs)}::jsonb
    where tenant = ${tenant} and id = ${id}`)
}

export type Place = { readonly input: number; readonly nextByte: number; readonly nextLine: number }

/**
 * Moves on in the transaction that writes what stood before; false where the import was cancelled, or taken up by another
 * process that is further: then nothing of it may be written.
 */
export async function moveOn(
  to: Queryable,
  { tenant, id }: ImportKey,
  { from, to: next }: { readonly from: Place; readonly to: Place },
  { written, refusals }: { readonly written: number; readonly refusals: readonly Refusal[] },
): Promise<boolean> {
  const rows = await to.query(sql`
    with moved as (
      update bulk.import
      set input = ${next.input}, next_byte = ${next.nextByte}, next_line = ${next.nextLine},
        written = written + ${written}, refused = refused + ${refusals.length}
      where tenant = ${tenant} and id = ${id} and state = 'running'
        and input = ${from.input} and next_byte = ${from.nextByte}
      returning tenant, id
    ),
    refused as (
      insert into bulk.import_refusal (tenant, import, input, line, outcome)
      select moved.tenant, moved.id, ${from.input}, given.line, given.outcome
      from moved, json_to_recordset(${JSON.stringify(refusals)}::json) as given (line integer, outcome json)
    )
    select from moved`)
  return rows.length > 0
}

/** Lines that were refused, in order. */
export async function refusalsOf(
  from: Queryable,
  { tenant, id }: ImportKey,
): Promise<readonly (Refusal & { readonly input: number })[]> {
  return from.query(sql<Refusal & { input: number }>`
    select input, line, outcome
    from bulk.import_refusal
    where tenant = ${tenant} and import = ${id}
    order by input, line
    limit ${mostRefusalsShown}`)
}

/** For the monitor, newest first. */
export async function listImports(from: Queryable, tenant: TenantId): Promise<readonly ImportRow[]> {
  return from.query(sql<ImportRow>`
    select ${columns}
    from bulk.import
    where tenant = ${tenant}
    order by asked desc, id
    limit ${mostListed}`)
}
