/** What PostgreSQL itself keeps of erased rows: rows that nobody sees any more, and samples of values that its planner took. */
import { type Database, sql } from '@xinglin/database'
import type { ErasureKernel } from './erasure.ts'

/** Of this version on a sample can be taken away; older ones keep those of a table that became empty. */
const clearingSince = 180_000

export async function cleanTables({ records, database, traffic }: ErasureKernel): Promise<void> {
  const { erasing } = records
  const others = [traffic.eraser, ...erasing.erasers()].flatMap(({ tables }) => tables)
  for (const table of [...erasing.tables, ...others]) {
    const [schema = '', name = ''] = table.split('.')
    await database.query(sql`vacuum (analyze) ${sql.id(schema, name)}`)
    await forgetSamples(database, schema, name)
  }
}

/** `analyze` leaves the samples of a table without rows as they were. */
async function forgetSamples(database: Database, schema: string, name: string): Promise<void> {
  const rows = await database.query(sql`select from ${sql.id(schema, name)} limit 1`)
  const [server] = await database.query(sql<{ version: number }>`
    select current_setting('server_version_num')::integer as version`)
  if (rows.length > 0 || (server?.version ?? 0) < clearingSince) return
  await database.query(sql`
    select pg_clear_attribute_stats(schemaname::text, tablename::text, attname::text, inherited)
    from pg_stats
    where schemaname = ${schema} and tablename = ${name}`)
}
