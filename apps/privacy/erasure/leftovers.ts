/** Searches the whole database for what is left of an erased person: his numbers, plainly, in hex or in base64. */
import { type Database, sql } from '@xinglin/database'
import type { ErasedPerson } from '@xinglin/records'
import type { Leftover } from './erasure.ts'

/** Pages of 8 KB that one statement reads: below a second on a disk. */
const pagesAtOnce = 4_000
/** Where a record is kept by law, these hold it. */
const ofRecord = new Set([
  'records.current',
  'records.history',
  'records.string_value',
  'dicom.study',
  'dicom.instance',
])

type Table = { readonly schema: string; readonly name: string; readonly pages: number }

/** How many tables were searched, and those in which rows have one of the numbers. */
export async function leftoversOf(
  database: Database,
  { numbers, isKept }: Pick<ErasedPerson, 'numbers' | 'isKept'>,
): Promise<{ readonly tables: number; readonly leftovers: readonly Leftover[] }> {
  const tables = await tablesOf(database)
  const searched = tables.filter(({ schema, name }) => !(isKept && ofRecord.has(`${schema}.${name}`)))
  const patterns = numbers.flatMap(formsOf).map((form) => `%${form.replaceAll(/[\\%_]/g, '\\$&')}%`)
  const leftovers: Leftover[] = []
  for (const table of patterns.length === 0 ? [] : searched) {
    const rows = await rowsWith(database, table, patterns)
    if (rows > 0) leftovers.push({ table: `${table.schema}.${table.name}`, rows })
  }
  const sampled = patterns.length === 0 ? 0 : await samplesWith(database, { patterns, isKept })
  const found = sampled > 0 ? [...leftovers, { table: 'pg_catalog.pg_stats', rows: sampled }] : leftovers
  return { tables: searched.length + 1, leftovers: found }
}

/** Values that the planner sampled. */
async function samplesWith(
  database: Database,
  { patterns, isKept }: { readonly patterns: readonly string[]; readonly isKept: boolean },
): Promise<number> {
  const [found] = await database.query(sql<{ rows: number }>`
    select count(*)::integer as rows
    from pg_stats
    where pg_stats::text like any (${patterns}::text[])
      and not (${isKept} and schemaname || '.' || tablename = any (${[...ofRecord]}::text[]))`)
  return found?.rows ?? 0
}

function tablesOf(database: Database): Promise<readonly Table[]> {
  return database.query(sql<Table>`
    select nspname as schema, relname as name, (pg_relation_size(pg_class.oid) / 8192)::integer as pages
    from pg_class
    join pg_namespace on pg_namespace.oid = relnamespace
    where relkind = 'r' and relpersistence <> 't' and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by nspname, relname`)
}

async function rowsWith(
  database: Database,
  { schema, name, pages }: Table,
  patterns: readonly string[],
): Promise<number> {
  let rows = 0
  for (let page = 0; page <= pages; page += pagesAtOnce) {
    const [found] = await database.query(sql<{ rows: number }>`
      select count(*)::integer as rows
      from ${sql.id(schema, name)} as each
      where ctid >= ${`(${page},0)`}::tid and ctid < ${`(${page + pagesAtOnce},0)`}::tid
        and each::text like any (${patterns}::text[])`)
    rows += found?.rows ?? 0
  }
  return rows
}

/** Base64 of a text depends on where it begins: its inner part in one of three ways. */
function formsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  const encoded = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(4, -4),
  )
  return [text, bytes.toString('hex'), ...encoded.filter((part) => part.length > 7)]
}
