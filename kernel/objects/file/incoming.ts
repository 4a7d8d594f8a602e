/** The folder of half-written objects: one file a put, named by machine and process, swept after crashes. */

import { readdir, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '@xinglin/runtime'

// No stream into one object lasts a day; older files are left over whoever made them.
const leftOverAfterMs = 24 * 3_600_000

export interface Incoming {
  /** A path that no other put uses. */
  newPath(): string
}

/** Removes what stopped processes left, then hands out new paths. */
export async function openIncoming({ folder, log }: { folder: string; log: Logger }): Promise<Incoming> {
  const machine = hostname().replaceAll(/[^\w-]/g, '_')
  const swept = await sweep(folder, machine)
  if (swept > 0) log.info('half-written objects of a crash removed', { files: swept })
  const owner = `${machine}.${process.pid}.${Math.trunc(performance.timeOrigin)}`
  let count = 0
  return { newPath: () => join(folder, `${owner}.${++count}`) }
}

async function sweep(folder: string, machine: string): Promise<number> {
  let swept = 0
  for (const name of await readdir(folder)) {
    if (await isInUse(join(folder, name), name, machine)) continue
    await unlink(join(folder, name)).catch(ignoreGone)
    swept++
  }
  return swept
}

async function isInUse(path: string, name: string, machine: string): Promise<boolean> {
  const [maker, pid] = name.split('.')
  const isOwnProcess = maker === machine && Number(pid) === process.pid
  if (isOwnProcess) return name.split('.')[2] === String(Math.trunc(performance.timeOrigin))
  if (maker === machine && !isRunning(Number(pid))) return false
  const found = await stat(path).catch(ignoreGone)
  return found !== undefined && performance.timeOrigin + performance.now() - found.mtimeMs < leftOverAfterMs
}

/** kill(2) with signal 0 asks without doing: EPERM means that it runs under another user. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Another process may sweep at the same time. */
function ignoreGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
