/** How many bear each name, counted anew by each scan; names that one alone bears are not kept. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Somebody } from './everybody.ts'

/** Rows of one statement: some MB of JSON. */
const rowsAtOnce = 20_000

export async function countNames(
  database: Database,
  tenant: TenantId,
  people: Iterable<Somebody>,
): Promise<void> {
  const counts = new Map<string, number>()
  let all = 0
  for (const { person } of people) {
    all += 1
    for (const { text } of person.names) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  const shared = [...counts].filter(([, bearers]) => bearers > 1)
  await database.transaction(async (transaction) => {
    await transaction.query(sql`delete from master_index.name_count where tenant = ${tenant}`)
    for (let start = 0; start < shared.length; start += rowsAtOnce) {
      const rows = shared.slice(start, start + rowsAtOnce).map(([name, bearers]) => ({ name, bearers }))
      await transaction.query(sql`
        insert into master_index.name_count (tenant, name, bearers)
        select ${tenant}, name, bearers
        from jsonb_to_recordset(${sql.json(rows)}::jsonb) as row (name text, bearers integer)`)
    }
    await transaction.query(sql`
      insert into master_index.population (tenant, people) values (${tenant}, ${all})
      on conflict (tenant) do update set people = ${all}`)
  })
}
