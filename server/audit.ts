/**
 * Verifies the audit trail on its tables, without the platform's doors and beside a running platform:
 *
 *   npm run audit -- verify [--from 2026-11-01] [--until 2026-12-01] [--head head.json]
 *   npm run audit -- head > head.json     signs the newest head, for keeping outside
 *
 * Settings are those of the platform. Ends with 1 where something is wrong with the trail, with 2 where it cannot be read.
 */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase, startEmbeddedPostgres } from '@xinglin/database'
import { type Instant, instantOf, OutcomeError } from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'
import { type Finding, headToKeep, type SignedHead, verifyTrail } from '@xinglin/identity/audit'
import { type Runtime, systemRuntime } from '@xinglin/runtime'
import { type Config, readConfig } from './config.ts'
import { openPlatformKeys } from './keys.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string' }, until: { type: 'string' }, head: { type: 'string' } },
})

try {
  process.exitCode = await main(positionals[0])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}

async function main(verb: string | undefined): Promise<number> {
  if (verb !== 'verify' && verb !== 'head') throw new Error('say verify or head; see docs/operations.md')
  const config = readConfig()
  const runtime = systemRuntime({ timeZone: config.timeZone, logLevel: 'error' })
  const postgres = await findPostgres({ ...config, dataDir: resolve(config.dataDir) }, runtime)
  const database = await openDatabase({ url: postgres.url, log: runtime.log, poolSize: 2 })
  try {
    const keys = await openPlatformKeys(config, { database, runtime })
    if (verb === 'head') {
      process.stdout.write(`${JSON.stringify(await headToKeep({ database, keys, runtime }), undefined, 2)}\n`)
      return 0
    }
    const parts = { from: database, keys, now: runtime.now(), timeZone: runtime.timeZone }
    const { findings, ...told } = await verifyTrail(parts, await optionsOf(runtime))
    process.stdout.write(`${JSON.stringify(told)}\n${findings.map(line).join('')}`)
    process.stdout.write(findings.length === 0 ? 'The trail is whole.\n' : `${findings.length} findings.\n`)
    return findings.length === 0 ? 0 : 1
  } finally {
    await database.close()
    await postgres.stop()
  }
}

function line({ kind, seal, entry, at, what }: Finding): string {
  const place = [entry && `entry ${entry}`, seal && `seal ${seal}`, at].filter(Boolean).join(', ')
  return `${kind}: ${[place, what].filter(Boolean).join(': ')}\n`
}

async function optionsOf({ timeZone }: Runtime) {
  const { from, until, head } = values
  return {
    ...(from === undefined ? {} : { from: instantIn(from, timeZone) }),
    ...(until === undefined ? {} : { until: instantIn(until, timeZone) }),
    ...(head === undefined ? {} : { head: readHead(await readFile(head, 'utf8')) }),
  }
}

function instantIn(text: string, timeZone: string): Instant {
  const range = dateRange(text, timeZone)
  if (!range) throw new Error(`${text} is no date: write 2026-11-01 or an instant`)
  return instantOf(range.lowMs, timeZone)
}

function readHead(text: string): SignedHead {
  const head: unknown = JSON.parse(text)
  const isHead =
    typeof head === 'object' && head !== null && 'seal' in head && 'head' in head && 'signature' in head
  if (!isHead) throw new Error('the file is not one that `npm run audit -- head` has written')
  return head as SignedHead
}

/** The embedded PostgreSQL of a running platform is used beside it; else it is started for the time of the check. */
async function findPostgres(
  config: Config,
  { log }: Runtime,
): Promise<{ url: string; stop(): Promise<void> }> {
  if (config.databaseUrl) return { url: config.databaseUrl, stop: async () => undefined }
  const folder = join(config.dataDir, 'postgres')
  try {
    return await startEmbeddedPostgres({ folder, log })
  } catch (error) {
    if (!(error instanceof OutcomeError) || error.failure !== 'conflict') throw error
    const [port, password] = await Promise.all(
      ['port', 'password'].map((name) => readFile(join(folder, name), 'utf8')),
    )
    const url = `postgresql://xinglin:${password?.trim()}@127.0.0.1:${port?.trim()}/xinglin`
    return { url, stop: async () => undefined }
  }
}
