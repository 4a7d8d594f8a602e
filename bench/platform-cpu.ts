/** CPU time of a running platform from outside: its process, and the PostgreSQL that it started with all its backends. */
import { readdir, readFile } from 'node:fs/promises'

/** Linux counts 100 ticks a second. */
const tickMs = 10

/** Milliseconds so far of a process and of all that descend from it, those included that ended and were waited for. */
export async function platformCpuMs(pid: number): Promise<number> {
  const processes = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((name) => statOf(Number(name))),
  )
  const byId = new Map(processes.flatMap((each) => (each ? [[each.pid, each] as const] : [])))
  const isOurs = (id: number | undefined): boolean => {
    for (let each = id; each !== undefined && each > 1; each = byId.get(each)?.parent)
      if (each === pid) return true
    return false
  }
  let ticks = 0
  for (const each of byId.values()) if (isOurs(each.pid)) ticks += each.ticks
  return ticks * tickMs
}

async function statOf(pid: number) {
  // A process may end between the list and the look.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  if (stat === '') return undefined
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [parent = 0, ticks] = [
    fields[1],
    [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0),
  ]
  return { pid, parent, ticks }
}
