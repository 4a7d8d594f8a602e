/**
 * Numbered migrations, forward only. Each file runs in its own transaction together with its row in
 * `database.migration`, under one advisory lock, so that any number of processes may start at once.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fault } from '@xinglin/fhir'
import type { Database, Migrations, Queryable, Transaction } from './database.ts'
import { sql } from './sql.ts'

/** The file name of a migration: four digits and words. */
const fileName = /^(\d{4})-[a-z0-9-]+\.sql$/

type Migration = {
  readonly schema: string
  readonly number: number
  readonly file: string
  readonly text: string
  readonly checksum: string
}
type Applied = { readonly number: number; readonly file: string; readonly checksum: string }

/**
 * Brings each schema to its newest migration, in the given order. Throws `fault` where an applied file was changed
 * (`database.migration-changed`), numbers are not 1, 2, 3 … (`database.migration-numbering`) or the database is newer
 * than this program (`database.migration-newer`).
 */
export async function migrate(database: Database, migrations: readonly Migrations[]): Promise<void> {
  await prepare(database)
  for (const { name, folder } of migrations) {
    const files = await readMigrations(name, folder)
    const applied = await appliedTo(database, name)
    refuseNewer(name, files, applied)
    for (const migration of files) {
      if (isApplied(migration, applied)) continue
      await database.transaction((transaction) => applyOnce(transaction, migration))
    }
  }
}

/** SHA-256 over all migration files in order: equal where two sets would build the same schemas. */
export async function migrationsChecksum(migrations: readonly Migrations[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { name, folder } of migrations) {
    for (const { number, checksum } of await readMigrations(name, folder))
      hash.update(`${name} ${number} ${checksum}\n`)
  }
  return hash.digest('hex')
}

async function prepare(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    await lock(transaction)
    await transaction.query(sql`create schema if not exists database`)
    await transaction.query(sql`
      create table if not exists database.migration (
        schema text not null,
        number integer not null,
        file text not null,
        checksum text not null,
        applied timestamptz not null default clock_timestamp(),
        primary key (schema, number)
      )`)
  })
}

/** Held to the end of the transaction; waits for other starting processes however long their migrations take. */
async function lock(transaction: Transaction): Promise<void> {
  await transaction.query(sql`set local statement_timeout = 0`)
  await transaction.query(sql`select pg_advisory_xact_lock(hashtext('xinglin'), hashtext('migration'))`)
}

async function applyOnce(transaction: Transaction, migration: Migration): Promise<void> {
  await lock(transaction)
  if (isApplied(migration, await appliedTo(transaction, migration.schema))) return
  await transaction.query({ text: migration.text, values: [] }).catch((cause: unknown) => {
    throw failedMigration(migration, cause)
  })
  await transaction.query(sql`
    insert into database.migration (schema, number, file, checksum)
    values (${migration.schema}, ${migration.number}, ${migration.file}, ${migration.checksum})`)
}

function failedMigration({ schema, file }: Migration, cause: unknown) {
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause)
  return fault(`migration ${schema}/${file} failed: ${reason}`, { code: 'database.migration-failed', cause })
}

function appliedTo(database: Queryable, schema: string): Promise<readonly Applied[]> {
  return database.query(sql<Applied>`
    select number, file, checksum
    from database.migration
    where schema = ${schema}
    order by number`)
}

function refuseNewer(schema: string, files: readonly Migration[], applied: readonly Applied[]): void {
  const newest = applied.at(-1)
  if (!newest || newest.number <= files.length) return
  throw fault(
    `the database has migration ${schema}/${newest.file}, which this program does not know: start the newer program`,
    { code: 'database.migration-newer' },
  )
}

function isApplied(migration: Migration, applied: readonly Applied[]): boolean {
  const present = applied.find(({ number }) => number === migration.number)
  if (!present) return false
  if (present.checksum === migration.checksum) return true
  throw fault(
    `migration ${migration.schema}/${migration.file} differs from what this database was built with (${present.file}): restore the file and add a new one`,
    { code: 'database.migration-changed' },
  )
}

async function readMigrations(schema: string, folder: URL): Promise<readonly Migration[]> {
  const path = fileURLToPath(folder)
  const files = (await readdir(path)).filter((file) => file.endsWith('.sql')).sort()
  return Promise.all(
    files.map(async (file, index) => {
      if (Number(fileName.exec(file)?.[1]) !== index + 1) {
        throw fault(`migration ${schema}/${file}: expected ${String(index + 1).padStart(4, '0')}-words.sql`, {
          code: 'database.migration-numbering',
        })
      }
      const text = await readFile(join(path, file), 'utf8')
      return {
        schema,
        number: index + 1,
        file,
        text,
        // Git on Windows may have changed the line ends.
        checksum: createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex'),
      }
    }),
  )
}
