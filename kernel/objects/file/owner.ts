/** Which process a file of the store belongs to: `<machine>.<process id>.<start of the process>.<number>`. */

import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename } from 'node:path'

// No stream into one object and no volume in use goes a day without a write; older files are left over whoever made them.
const leftOverAfterMs = 24 * 3_600_000
const machine = hostname().replaceAll(/[^\w-]/g, '_')
const startedAt = Math.trunc(performance.timeOrigin)

let count = 0

/** A name that no other file of this or another process has. */
export function newName(): string {
  return `${machine}.${process.pid}.${startedAt}.${++count}`
}

/** Whether the process that made this file may still write to it. */
export async function isInUse(path: string): Promise<boolean> {
  const [maker, pid, start] = basename(path).split('.')
  if (maker === machine && Number(pid) === process.pid) return start === String(startedAt)
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

/** Another process may remove a file at the same time. */
export function ignoreGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
