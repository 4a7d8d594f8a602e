/** Which of these texts stand anywhere in a database or a folder: what a thief of either could read. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Database, sql } from '@xinglin/database'

/** `schema.table: text` for each that stands in a row of any table or in the planner's samples, plainly, in hex or in base64. */
export async function textsHeldIn(database: Database, texts: readonly string[]): Promise<readonly string[]> {
  const tables = await database.query(sql<{ schema: string; name: string }>`
    select schemaname as schema, tablename as name
    from pg_tables
    where schemaname not in ('information_schema', 'pg_catalog')
    union all
    values ('pg_catalog', 'pg_stats')`)
  const held: string[] = []
  for (const { schema, name } of tables) {
    const rows = await database.query(
      sql<{ row: string }>`select each::text as row from ${sql.id(schema)}.${sql.id(name)} as each`,
    )
    const all = rows.map(({ row }) => row).join('\n')
    for (const text of texts) if (isIn(all, text)) held.push(`${schema}.${name}: ${text}`)
  }
  return held
}

function isIn(all: string, text: string): boolean {
  const bytes = Buffer.from(text)
  // Base64 of a text depends on where it begins: its inner part in one of three ways.
  const encoded = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(4, -4),
  )
  return [text, bytes.toString('hex'), ...encoded.filter((part) => part.length > 7)].some((form) =>
    all.includes(form),
  )
}

/** The same of the files below a folder. */
export async function textsHeldBelow(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const held: string[] = []
  for (const entry of entries.filter((each) => each.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name))
    for (const text of texts) if (bytes.includes(text)) held.push(`${entry.name}: ${text}`)
  }
  return held
}
