/** What an administrator looks at first when something is slow or full. */
import type { Kernel } from '@xinglin/app'
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, fault, instantOf } from '@xinglin/fhir'
import type { SystemHealth } from '../contract.ts'
import manifest from '../package.json' with { type: 'json' }

const doorMinutes = 60
const shownTables = 12

/** Everything at once; a part that does not answer fails the look, and `/health/ready` says which one it is. */
export async function systemHealth(kernel: Kernel, tenant: TenantId): Promise<SystemHealth> {
  const { database, events, jobs, objects, records, runtime, traffic } = kernel
  const [databaseHealth, objectsHealth, head, consumers, jobStates, doors, parts, counts] = await Promise.all(
    [
      lookAtDatabase(database, runtime.timeZone),
      objects.health(),
      events.head(),
      events.consumers(),
      jobs.states(),
      traffic.rates(tenant, doorMinutes),
      readyParts(kernel),
      records.counts(tenant),
    ],
  )
  return {
    at: runtime.now(),
    process: lookAtProcess(),
    database: databaseHealth,
    objects: objectsHealth,
    log: { head, consumers },
    jobs: jobStates,
    doors,
    parts,
    records: Object.entries(counts)
      .map(([type, count]) => ({ type, count: count ?? 0 }))
      .sort((left, right) => right.count - left.count),
  }
}

function lookAtProcess(): SystemHealth['process'] {
  const { rss, heapUsed } = process.memoryUsage()
  return {
    version: manifest.version,
    node: process.version,
    uptimeSeconds: Math.floor(process.uptime()),
    residentBytes: rss,
    heapUsedBytes: heapUsed,
  }
}

type DatabaseRow = Omit<SystemHealth['database'], 'tables' | 'startedAt'> & { readonly startedAt: string }

async function lookAtDatabase(database: Database, timeZone: string): Promise<SystemHealth['database']> {
  const [[server], tables] = await Promise.all([
    database.query(sql<DatabaseRow>`
      select current_setting('server_version') as version, pg_database_size(current_database()) as "sizeBytes",
        (select count(*) from pg_stat_activity where datname = current_database()) as connections,
        current_setting('max_connections')::int as "maxConnections", pg_postmaster_start_time() as "startedAt"`),
    database.query(sql<SystemHealth['database']['tables'][number]>`
      select schemaname || '.' || relname as name, pg_total_relation_size(relid) as "sizeBytes",
        greatest(n_live_tup, 0) as rows
      from pg_stat_user_tables
      order by pg_total_relation_size(relid) desc, relname
      limit ${shownTables}`),
  ])
  if (!server) throw fault('PostgreSQL gave no row about itself', { code: 'administration.no-database' })
  const { startedAt, ...rest } = server
  return { ...rest, startedAt: instantOf(epochMs(startedAt), timeZone), tables }
}

/** Asks the address that operators' probes ask, so that both see the same. */
async function readyParts({ web }: Kernel): Promise<SystemHealth['parts']> {
  const answer = await web.http.inject({ method: 'GET', url: '/health/ready' })
  return answer.json<{ readonly parts?: SystemHealth['parts'] }>().parts ?? {}
}
