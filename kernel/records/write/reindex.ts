/**
 * Indexes again what was stored before search learned something new, a batch at a time: the resource, its version and its
 * time stay. Where it stopped is a row of the database, so any process may go on, and two do not do the same.
 */
import { type Database, type Queryable, sql, type Transaction } from '@xinglin/database'
import { instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Displays } from '../index/displays.ts'
import type { ReindexProgress } from '../records.ts'
import { filledVersion, type NewVersion } from './rows.ts'
import { forgetValues, insertCurrent, lockCurrent, type Present } from './statements.ts'

/** Rows of one transaction: some 100 ms, for which their writers wait at most. */
const batchRows = 500

/** Indexes the next batch; tells what is left. Nothing is done while another process is at it. */
export function reindexBatch(needs: {
  readonly database: Database
  readonly runtime: Runtime
  readonly displays: Displays
}): Promise<ReindexProgress> {
  return needs.database.transaction(async (transaction) => {
    const [place] = await transaction.query(sql<Place>`
      select next::text as next, last::text as last
      from records.reindexing
      where next < last
      for update skip locked`)
    if (!place) return reindexProgress(transaction)
    const rows = await transaction.query(sql<{ self: string; key: string }>`
      select self::text as self, key::text as key
      from records.current
      where key > ${place.next}::bigint and key <= ${place.last}::bigint
      order by key
      limit ${batchRows}`)
    await indexAgain(
      transaction,
      rows.map(({ self }) => BigInt(self)),
      { timeZone: needs.runtime.timeZone, displays: needs.displays },
    )
    const next = rows.length < batchRows ? place.last : (rows.at(-1)?.key ?? place.last)
    await transaction.query(sql`update records.reindexing set next = ${next}::bigint`)
    return reindexProgress(transaction)
  })
}

type Place = { readonly next: string; readonly last: string }

/** How much is left; the total is a count of keys and not of resources, which are as many or fewer. */
export async function reindexProgress(from: Queryable): Promise<ReindexProgress> {
  const [row] = await from.query(sql<{ done: number; total: number }>`
    select next as done, last as total
    from records.reindexing`)
  return { isDone: !row || row.done >= row.total, share: row && row.total > 0 ? row.done / row.total : 1 }
}

/** Locked in the order of all writers, so that none waits in a circle. */
async function indexAgain(
  to: Transaction,
  selves: readonly bigint[],
  { timeZone, displays }: { readonly timeZone: string; readonly displays: Displays },
): Promise<void> {
  const present = [...(await lockCurrent(to, selves)).values()].filter(({ deleted }) => !deleted)
  const byTenant = Map.groupBy(present, ({ tenant }) => tenant)
  for (const [tenant, rows] of byTenant) {
    const at = instantOf(0, 'UTC')
    const versions = rows.map((row) => indexed(row, { tenant, at, timeZone }))
    await forgetValues(
      to,
      versions.map(({ key }) => key),
    )
    await insertCurrent(to, { first: [], all: versions }, { tenant, at })
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
