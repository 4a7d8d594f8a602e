/**
 * Indexes again what was stored before search learned something new, a batch at a time: the resource, its version and its
 * time stay. Where it stopped is a row of the database, so any process may go on, and two do not do the same.
 */
import { type Database, type Queryable, sql, type Transaction } from '@xinglin/database'
import { instantOf } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import type { Displays } from '../index/displays.ts'
import { isAnyOnItsWay, noteOwnBatch, takeOwnBatch } from '../parameters/index-own.ts'
import type { OwnParameters } from '../parameters/own-parameters.ts'
import type { ReindexProgress } from '../records.ts'
import { openedTransaction } from '../sealed/opened.ts'
import type { SealingStates } from '../sealed/sealing-state.ts'
import { filledVersion, type NewVersion } from './rows.ts'
import { forgetValues, insertValues, lockCurrent, type Present } from './statements.ts'

/** Rows of one transaction: some 100 ms, for which their writers wait at most. */
const batchRows = 500

export type ReindexNeeds = {
  readonly database: Database
  readonly runtime: Runtime
  readonly displays: Displays
  readonly own: OwnParameters
  readonly keys: Keys | undefined
  readonly sealing: SealingStates
}

/** Indexes the next batch; tells what is left. Nothing is done while another process is at it. */
export function reindexBatch(needs: ReindexNeeds): Promise<ReindexProgress> {
  return needs.database.transaction(async (transaction) => {
    const [place] = await transaction.query(sql<Place>`
      select next::text as next, last::text as last
      from records.reindexing
      where next < last
      for update skip locked`)
    if (!place) return ownBatch(transaction, needs)
    const rows = await transaction.query(sql<RowKey>`
      select self::text as self, key::text as key
      from records.current
      where key > ${place.next}::bigint and key <= ${place.last}::bigint
      order by current.key
      limit ${batchRows}`)
    const next = await indexRows(transaction, needs, { rows, last: place.last })
    await transaction.query(sql`update records.reindexing set next = ${next}::bigint`)
    return reindexProgress(transaction)
  })
}

type Place = { readonly next: string; readonly last: string }
type RowKey = { readonly self: string; readonly key: string }

/** Indexes again by the institutions' own parameters. */
async function ownBatch(transaction: Transaction, needs: ReindexNeeds): Promise<ReindexProgress> {
  const whole = await reindexProgress(transaction)
  if (!whole.isDone) return whole
  const batch = await takeOwnBatch(transaction)
  if (!batch) return { isDone: !(await isAnyOnItsWay(transaction)), share: 1 }
  const rows = await transaction.query(sql<RowKey>`
    select self::text as self, key::text as key
    from records.current
    where tenant = ${batch.tenant} and type = any (${batch.types}::records.resource_type[]) and not deleted
      and key > ${batch.next}::bigint and key <= ${batch.last}::bigint
    order by current.key
    limit ${batchRows}`)
  const next = await indexRows(transaction, needs, { rows, last: batch.last })
  await noteOwnBatch(transaction, batch, next)
  transaction.afterCommit(() => needs.own.forget(batch.tenant))
  return { isDone: false, share: Number(next) / Math.max(Number(batch.last), 1) }
}

/** Indexes these rows; returns up to which key all is done. */
async function indexRows(
  transaction: Transaction,
  needs: ReindexNeeds,
  { rows, last }: { readonly rows: readonly RowKey[]; readonly last: string },
): Promise<string> {
  await indexAgain(
    transaction,
    rows.map(({ self }) => BigInt(self)),
    needs,
  )
  return rows.length < batchRows ? last : (rows.at(-1)?.key ?? last)
}

/** How much is left; the total is a count of keys and not of resources, which are as many or fewer. */
export async function reindexProgress(from: Queryable): Promise<ReindexProgress> {
  const [row] = await from.query(sql<{ done: number; total: number }>`
    select next as done, last as total
    from records.reindexing`)
  return { isDone: !row || row.done >= row.total, share: row && row.total > 0 ? row.done / row.total : 1 }
}

/** Locked in the order of all writers, so that none waits in a circle. */
export async function indexAgain(
  to: Transaction,
  selves: readonly bigint[],
  { runtime: { timeZone }, displays, own: parameters, keys, sealing: states }: ReindexNeeds,
): Promise<void> {
  const present = [...(await lockCurrent(openedTransaction(to, { keys }), selves)).values()].filter(
    ({ deleted }) => !deleted,
  )
  const byTenant = Map.groupBy(present, ({ tenant }) => tenant)
  for (const [tenant, rows] of byTenant) {
    const at = instantOf(0, 'UTC')
    const own = await parameters.of(to, tenant)
    const { writes: sealing } = await states.of(to, tenant)
    const versions = rows.map((row) => indexed(row, { tenant, at, timeZone, own, sealing }))
    forgetValues(
      to,
      versions.map(({ key }) => key),
    )
    insertValues(to, versions)
    await storeTerms(to, versions)
    const unknown = displays.unknown(
      tenant,
      versions.flatMap((version) => version.displays),
    )
    if (!unknown) continue
    await to.query(unknown.insert)
    to.afterCommit(unknown.remember)
  }
}

function indexed(
  { content, key, id, version }: Present,
  place: Parameters<typeof filledVersion>[2],
): NewVersion {
  return filledVersion(JSON.parse(content), { key, id, version }, place)
}

async function storeTerms(to: Queryable, versions: readonly NewVersion[]): Promise<void> {
  const given = `[${versions.map(({ self, terms }) => `{"self":${self},"terms":[${[...terms].join(',')}]}`).join(',')}]`
  await to.query(sql`
    update records.current
    set terms = given.terms
    from json_to_recordset(${given}::json) as given (self bigint, terms bigint[])
    where current.self = given.self and current.terms <> given.terms`)
}
