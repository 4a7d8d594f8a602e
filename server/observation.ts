/** What operators see of a running platform: the parts behind `/health/ready` and the gauges of `/metrics`. */

import type { Kernel } from '@xinglin/app'
import { type ReplicaState, sql } from '@xinglin/database'
import { Gauge } from 'prom-client'
import { defaultTenant } from './doors.ts'

// The window over which the doors' rates are given.
const ratesOverMinutes = 5

/** Adds the checks of the engines; the doors add their own when they open. */
export function observeHealth({ web, database, objects }: Kernel): void {
  web.addCheck('database', async () => {
    await database.query(sql`select 1`)
    return undefined
  })
  // A platform without its replicas works on the primary alone: told, but no reason to send nobody here.
  if (database.replicas().length > 0) web.addCheck('replicas', async () => leftOut(database.replicas()))
  web.addCheck('objects', async () => ((await objects.health()).isWritable ? undefined : 'not writable'))
}

function leftOut(replicas: readonly ReplicaState[]): { readonly note: string } | undefined {
  const missing = replicas.filter(({ condition }) => condition !== 'used')
  if (missing.length === 0) return undefined
  const named = missing.map(({ name, condition }) => `${name} ${condition}`).join(', ')
  return { note: `${missing.length} of ${replicas.length} left out: ${named}` }
}

/** Adds the gauges; each asks its source when Prometheus asks. */
export function observeMetrics(kernel: Kernel): void {
  observeDatabase(kernel)
  observeReplicas(kernel)
  observeEvents(kernel)
  observeJobs(kernel)
  observeDoors(kernel)
  observeObjects(kernel)
}

function observeDatabase({ web, database }: Kernel): void {
  new Gauge({
    name: 'xinglin_database_connections',
    help: 'Connections of the platform to PostgreSQL by state',
    labelNames: ['state'],
    registers: [web.metrics],
    async collect() {
      const rows = await database.query(sql<{ state: string; connections: number }>`
        select coalesce(state, 'unknown') as state, count(*)::int as connections
        from pg_stat_activity
        where datname = current_database()
        group by 1`)
      this.reset()
      for (const { state, connections } of rows) this.set({ state }, connections)
    },
  })
}

function observeReplicas({ web, database }: Kernel): void {
  if (database.replicas().length === 0) return
  const gauge = (name: string, help: string, measure: (state: ReplicaState) => number | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ['replica'],
      registers: [web.metrics],
      collect() {
        this.reset()
        for (const state of database.replicas()) {
          const value = measure(state)
          if (value !== undefined) this.set({ replica: state.name }, value)
        }
      },
    })
  gauge(
    'xinglin_database_replica_used',
    '1 while a read replica answers reads, 0 while it is left out',
    (state) => (state.condition === 'used' ? 1 : 0),
  )
  gauge(
    'xinglin_database_replica_behind_bytes',
    'Bytes of the log of the primary that a read replica had not replayed at the last look',
    ({ behindBytes }) => behindBytes,
  )
  gauge(
    'xinglin_database_replica_reads',
    'Reads that a replica answered since the start',
    ({ reads }) => reads,
  )
}

function observeEvents({ web, events }: Kernel): void {
  new Gauge({
    name: 'xinglin_log_entries_behind',
    help: 'Entries of the log that a durable consumer has not handled yet',
    labelNames: ['consumer'],
    registers: [web.metrics],
    async collect() {
      this.reset()
      for (const { name, entriesBehind } of await events.consumers())
        this.set({ consumer: name }, entriesBehind)
    },
  })
}

function observeJobs({ web, jobs }: Kernel): void {
  new Gauge({
    name: 'xinglin_jobs',
    help: 'Jobs by task and state (waiting, running, failed for good)',
    labelNames: ['task', 'state'],
    registers: [web.metrics],
    async collect() {
      this.reset()
      for (const { task, waiting, running, failed } of await jobs.states()) {
        this.set({ task, state: 'waiting' }, waiting)
        this.set({ task, state: 'running' }, running)
        this.set({ task, state: 'failed' }, failed)
      }
    },
  })
}

function observeDoors({ web, traffic }: Kernel): void {
  new Gauge({
    name: 'xinglin_door_messages',
    help: `Messages of the last ${ratesOverMinutes} minutes by door and outcome`,
    labelNames: ['door', 'outcome'],
    registers: [web.metrics],
    async collect() {
      this.reset()
      for (const rate of await traffic.rates(defaultTenant, ratesOverMinutes)) {
        this.set({ door: rate.door, outcome: 'received' }, rate.received)
        this.set({ door: rate.door, outcome: 'accepted' }, rate.accepted)
        this.set({ door: rate.door, outcome: 'refused' }, rate.refused)
      }
    },
  })
}

function observeObjects({ web, objects }: Kernel): void {
  new Gauge({
    name: 'xinglin_objects_free_bytes',
    help: 'Room left where objects are kept; absent for S3',
    registers: [web.metrics],
    async collect() {
      const { freeBytes } = await objects.health()
      if (freeBytes !== undefined) this.set(freeBytes)
    },
  })
}
