/** A fresh database for a test: copied from a template that holds all migrations, dropped when the test file ends. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type Database,
  type Migrations,
  migrate,
  migrationsChecksum,
  openDatabase,
  sql,
} from '@xinglin/database'
import { migrateJobs } from '@xinglin/jobs'
import { testRuntime } from './test-runtime.ts'
import { testServerUrl } from './test-server.ts'

export type TestDatabaseOptions = {
  /** Instead of all of the kernel's. */
  readonly migrations?: readonly Migrations[]
  readonly poolSize?: number
}

const mostUnusedTries = 100
const unusedRestMs = 20

/** A fresh, migrated database; closed and dropped after the tests of this file. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<Database> {
  const { database, drop } = await openTestDatabase(options)
  after(drop)
  return database
}

/** The same without clean-up by the test runner: `drop` closes and removes it. */
export async function openTestDatabase(
  options: TestDatabaseOptions = {},
): Promise<{ database: Database; drop(): Promise<void> }> {
  const { log } = testRuntime()
  const serverUrl = await testServerUrl()
  const server = await openDatabase({ url: serverUrl, log, poolSize: 1 })
  const name = `test_${process.pid}_${crypto.randomUUID().slice(0, 8)}`
  try {
    const template = await templateFor(server, options.migrations ?? kernelMigrations())
    await server.query(sql`create database ${sql.id(name)} template ${sql.id(template)}`)
    const url = databaseUrl(serverUrl, name)
    const database = await openDatabase({ url, log, poolSize: options.poolSize })
    const drop = async () => {
      await database.close()
      await untilUnused(server, name)
      await server.query(sql`drop database ${sql.id(name)} with (force)`)
      await server.close()
    }
    return { database, drop }
  } catch (error) {
    await server.close()
    throw error
  }
}

/** Libraries close their connections a moment after they say so; one that is cut off fails a test that has ended. */
async function untilUnused(server: Database, name: string): Promise<void> {
  for (let tries = 0; tries < mostUnusedTries; tries++) {
    const users = await server.query(sql`select from pg_stat_activity where datname = ${name}`)
    if (users.length === 0) return
    await pause(unusedRestMs)
  }
}

/** The schemas of the kernel, lower ones first. By folder, so that a test of the database alone loads nothing above it. */
function kernelMigrations(): readonly Migrations[] {
  const packages = [
    'keys',
    'objects',
    'events',
    'records',
    'terminology',
    'profiles',
    'identity',
    'traffic',
    'interfaces',
  ]
  const folders = packages.map((name) => ({ name, folder: name }))
  const ofIdentity = [
    { name: 'access', folder: 'identity/access' },
    { name: 'approvals', folder: 'identity/approvals' },
    { name: 'consent', folder: 'identity/consent' },
    { name: 'oauth', folder: 'identity/apps' },
    { name: 'signin', folder: 'identity/sign-in' },
    { name: 'staff', folder: 'identity/staff' },
    { name: 'upstream', folder: 'identity/upstream' },
    { name: 'trail', folder: 'identity/audit' },
    { name: 'patients', folder: 'identity/patients' },
  ]
  return [...folders, ...ofIdentity].map(({ name, folder }) => ({
    name,
    folder: new URL(`../${folder}/migrations/`, import.meta.url),
  }))
}

/** Name of the template with exactly these migrations, built where there is none yet; other processes wait. */
async function templateFor(server: Database, migrations: readonly Migrations[]): Promise<string> {
  const template = `template_${await checksumOf(migrations)}`
  if (await exists(server, template)) return template
  // A session lock: `create database` cannot run inside a transaction. The pool has this one connection.
  await server.query(sql`select pg_advisory_lock(hashtext(${template}))`)
  try {
    if (!(await exists(server, template))) await buildTemplate(server, template, migrations)
  } finally {
    await server.query(sql`select pg_advisory_unlock(hashtext(${template}))`)
  }
  return template
}

/** The job library brings its own tables; their version changes with the package that pins it. */
async function checksumOf(migrations: readonly Migrations[]): Promise<string> {
  const jobs = await readFile(new URL('../jobs/package.json', import.meta.url), 'utf8')
  return createHash('sha256')
    .update(`${await migrationsChecksum(migrations)} ${jobs}`)
    .digest('hex')
    .slice(0, 24)
}

async function exists(server: Database, name: string): Promise<boolean> {
  const rows = await server.query(sql`select from pg_database where datname = ${name}`)
  return rows.length > 0
}

/** Built under another name, so that a template is always complete. */
async function buildTemplate(
  server: Database,
  template: string,
  migrations: readonly Migrations[],
): Promise<void> {
  const { log } = testRuntime()
  const unfinished = `unfinished_${process.pid}_${crypto.randomUUID().slice(0, 8)}`
  await server.query(sql`create database ${sql.id(unfinished)}`)
  try {
    const database = await openDatabase({ url: databaseUrl(server.url, unfinished), log, poolSize: 2 })
    try {
      await migrate(database, migrations)
      await migrateJobs({ database, log })
    } finally {
      await database.close()
    }
    await server.query(sql`alter database ${sql.id(unfinished)} rename to ${sql.id(template)}`)
  } catch (error) {
    await server.query(sql`drop database ${sql.id(unfinished)} with (force)`)
    throw error
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
