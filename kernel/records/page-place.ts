/**
 * Where a page goes on, without telling how many rows there are: the keys of rows are given one after another, so a token that
 * carried them would count what was written between, hidden rows too. It names the last row of its page instead.
 */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { badToken, numberIn } from './page-token.ts'

/** The key of the row that a token names; throws `invalid` where there is none that may be seen, as for any other token. */
export async function keyOfPlace(
  from: Queryable,
  { tenant, seen }: { readonly tenant: TenantId; readonly seen: Sql },
  self: string | undefined,
): Promise<string> {
  const [row] = await from.query(sql<{ key: string }>`
    select key::text as key
    from records.current
    where self = ${numberIn(self)}::bigint and (tenant = ${tenant}) is true${seen}`)
  if (!row) throw badToken()
  return row.key
}
