/** What the platform and its PostgreSQL have used so far: processor time from `/proc` (proc(5)), bytes of the write-ahead log. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Platform } from '@xinglin/client'

/** USER_HZ is 100 on every Linux that Node runs on. */
const msPerTick = 10
/** PostgreSQL §28.6: a segment has 16 MiB unless the server was built otherwise. */
const segmentBytes = 16 * 1024 * 1024
const segmentName = /^[0-9A-F]{24}$/
const segmentsPerLogId = 256

export type Used = { readonly platformMs: number; readonly postgresMs: number; readonly walBytes: number }

/** Reads what was used since both were started; the log to 16 MiB. */
export function used(platform: Platform): Used {
  const data = join(platform.dataFolder, 'postgres', 'data')
  const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => timesOf(name) ?? [])
  const platformMs = processes.find(({ pid }) => pid === platform.pid())?.ownMs ?? 0
  const postgresMs = processes
    .filter(({ pid, parent }) => pid === postmaster || parent === postmaster)
    // Whoever ended counts with the postmaster.
    .reduce((sum, { pid, ownMs, endedMs }) => sum + ownMs + (pid === postmaster ? endedMs : 0), 0)
  return { platformMs, postgresMs, walBytes: walBytes(join(data, 'pg_wal')) }
}

type Times = {
  readonly pid: number
  readonly parent: number
  readonly ownMs: number
  readonly endedMs: number
}

/** Undefined for a process that ended meanwhile. */
function timesOf(name: string): Times | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${name}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The name of the program may hold blanks; the fields after it do not: state, parent, … utime at 11, stime, cutime, cstime.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15)
  return {
    ...{ pid: Number(name), parent: fields[1] ?? 0 },
    ...{ ownMs: (user + system) * msPerTick, endedMs: (endedUser + endedSystem) * msPerTick },
  }
}

/** Segments that are kept for later use bear later names but earlier times. */
function walBytes(folder: string): number {
  const segments = readdirSync(folder).filter((name) => segmentName.test(name))
  const current = segments
    .map((name) => ({ name, writtenMs: statSync(join(folder, name)).mtimeMs }))
    .reduce((latest, each) => (each.writtenMs > latest.writtenMs ? each : latest), { name: '', writtenMs: 0 })
  const [log, segment] = [current.name.slice(8, 16), current.name.slice(16)].map((part) =>
    Number.parseInt(part, 16),
  )
  return ((log ?? 0) * segmentsPerLogId + (segment ?? 0)) * segmentBytes
}

/** What was used between two looks, for each of so many resources, in words. */
export function usedEach(before: Used, after: Used, resources: number): string {
  const each = (from: number, to: number) => (to - from) / resources
  return [
    `platform ${each(before.platformMs, after.platformMs).toFixed(3)} ms`,
    `PostgreSQL ${each(before.postgresMs, after.postgresMs).toFixed(3)} ms of a processor a resource`,
    `${Math.round(each(before.walBytes, after.walBytes))} bytes of write-ahead log`,
  ].join(', ')
}
