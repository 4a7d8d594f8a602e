/** CPU time of this process and of PostgreSQL's, because machines are shared and wall time tells of the neighbours too. */
import { readFile } from 'node:fs/promises'
import { type Database, sql } from '@xinglin/database'

/** Linux counts 100 ticks a second. */
const tickMs = 10

/** Milliseconds so far, of this process and of the backends and writers of its database together. */
export async function cpuMs(database: Database): Promise<number> {
  const { user, system } = process.cpuUsage()
  const backends = await database.query(sql<{ pid: number }>`
    select pid
    from pg_stat_activity
    where datname = current_database() or backend_type in ('walwriter', 'background writer', 'checkpointer')`)
  const ticks = await Promise.all(backends.map(({ pid }) => ticksOf(pid)))
  return (user + system) / 1_000 + ticks.reduce((sum, each) => sum + each, 0) * tickMs
}

async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}
