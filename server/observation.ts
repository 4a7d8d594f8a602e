/** What operators see of a running platform: the parts behind `/health/ready` and the gauges of `/metrics`. */

import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
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
  web.addCheck('objects', async () => ((await objects.health()).isWritable ? undefined : 'not writable'))
}

/** Adds the gauges; each asks its source when Prometheus asks. */
export function observeMetrics(kernel: Kernel): void {
  observeDatabase(kernel)
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
