/** The process behind test files that are run one by one: owns a PostgreSQL without fsync and ends both when unused. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase, sql, startEmbeddedPostgres } from '@xinglin/database'
import { systemRuntime } from '@xinglin/runtime'
import { urlFile } from './test-server.ts'

const lookEveryMs = 30_000
/** Long enough for the pauses between two runs of somebody at work. */
const idleLimitMs = 15 * 60_000

async function main(folder: string): Promise<void> {
  const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'silent' })
  const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log, durability: 'none' })
  await writeFile(urlFile(folder), server.url, { mode: 0o600 })
  await untilUnused(server.url)
  await rm(urlFile(folder), { force: true })
  await server.stop()
}

/** Settles when no test has been connected for a while. */
async function untilUnused(url: string): Promise<void> {
  const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'silent' })
  const database = await openDatabase({ url, log, poolSize: 1 })
  let usedAt = performance.now()
  while (performance.now() - usedAt < idleLimitMs) {
    await sleep(lookEveryMs)
    const others = await database.query(sql`
      select pid
      from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()`)
    if (others.length > 0) usedAt = performance.now()
  }
  await database.close()
}

const [folder] = process.argv.slice(2)
if (folder) await main(folder)
