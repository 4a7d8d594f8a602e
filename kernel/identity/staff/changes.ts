/** The history of an account for the page of its person, kept in the transaction of each act. */
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { Runtime } from '@xinglin/runtime'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import type { Change } from './staff.ts'

export type NewChange = {
  readonly account: string
  readonly what: string
  readonly reason?: string | undefined
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Goes with the commit of the act. */
export function noteChange(
  transaction: Transaction,
  { now }: Pick<Runtime, 'now'>,
  by: Pick<Actor, 'tenant' | 'reference' | 'display'>,
  { account, what, reason, detail = {} }: NewChange,
): void {
  transaction.insertLast(sql`
    insert into staff.change (tenant, account, at, by_reference, by_display, what, reason, detail)
    values (${by.tenant}, ${account}, ${now()}::timestamptz, ${by.reference}, ${by.display}, ${what}, ${reason},
      ${sql.json(detail)}::jsonb)`)
}

const shownChanges = 100

/** The newest hundred, newest first. */
export async function changesOf(
  database: Database,
  { timeZone }: Pick<Runtime, 'timeZone'>,
  account: string,
): Promise<readonly Change[]> {
  const rows = await database.query(sql<Omit<Change, 'reason'> & { readonly reason: string | null }>`
    select at, by_display as by, what, reason, detail
    from staff.change
    where account = ${account}
    order by id desc
    limit ${shownChanges}`)
  return rows.map(({ reason, at, ...change }) => ({
    ...change,
    at: localInstant(at, timeZone) ?? at,
    ...(reason ? { reason } : {}),
  }))
}
