/** The server process of one data folder: found running, or started; watched, and stopped. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { open, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { fault } from '@xinglin/fhir'
import { type Cluster, choosePort, serverEnvironment, writeSettings } from './cluster.ts'

export type Postmaster = {
  readonly pid: number
  readonly port: number
  /** True where it was already running, left behind by a platform that was killed. */
  readonly isAdopted: boolean
  /** Settles when the process has ended. */
  readonly ended: Promise<void>
}

const pollMs = 10
const watchMs = 200
/** Crash recovery replays at most max_wal_size (2 GB): seconds; a slow disk gets minutes. */
const readyTimeoutMs = 300_000
/** Backends of a killed server notice within milliseconds; later they hang and are ended. */
const orphanPatienceMs = 5_000
/** Together under the 10 s in which the platform stops. */
const fastStopMs = 6_000
const immediateStopMs = 2_000

/** The running server of `cluster`, adopted or started (on `port` where one is given); settles when it takes connections. */
export async function findOrStart(cluster: Cluster, port?: number): Promise<Postmaster> {
  const left = await readPidFile(cluster)
  if (left && (await isServerOf(left.pid, cluster.dataFolder))) {
    const ended = goneProcess(left.pid, cluster)
    await becomesReady(cluster, left.pid, ended)
    return { pid: left.pid, port: left.port, isAdopted: true, ended }
  }
  await endOrphans(cluster.dataFolder)
  // The id may meanwhile belong to another process, and PostgreSQL would refuse to start beside it.
  if (left) await rm(join(cluster.dataFolder, 'postmaster.pid'), { force: true })
  return start(cluster, port ?? (await choosePort(cluster)))
}

/** Ends the server: fast, then without its checkpoint, then by force; whatever is committed stays. */
export async function stopPostmaster(postmaster: Postmaster, cluster: Cluster): Promise<void> {
  if (process.platform === 'win32') {
    await promisify(execFile)(cluster.binaries.pgCtl, ['stop', '-D', cluster.dataFolder, '-m', 'fast'])
    return postmaster.ended
  }
  const steps = [
    ['SIGINT', fastStopMs],
    ['SIGQUIT', immediateStopMs],
    ['SIGKILL', immediateStopMs],
  ] as const
  for (const [signal, patienceMs] of steps) {
    signalTo(postmaster.pid, signal)
    const patience = new AbortController()
    const isGone = await Promise.race([
      postmaster.ended.then(() => true),
      sleep(patienceMs, false, { signal: patience.signal }).catch(() => false),
    ])
    patience.abort()
    if (isGone) return
  }
}

async function start(cluster: Cluster, port: number): Promise<Postmaster> {
  await writeSettings(cluster, port)
  const output = await open(cluster.startLog, 'w', 0o600)
  const child = spawn(cluster.binaries.postgres, ['-D', cluster.dataFolder], {
    ...cluster.account,
    cwd: cluster.folder,
    env: serverEnvironment(),
    stdio: ['ignore', output.fd, output.fd],
    // Its own process group: Ctrl-C in a terminal must reach the platform alone, which then stops it in order.
    detached: true,
    windowsHide: true,
  })
  const ended = endOf(child)
  await output.close()
  child.unref()
  const { pid } = child
  if (pid === undefined) throw await startFailure(cluster)
  await becomesReady(cluster, pid, ended)
  return { pid, port, isAdopted: false, ended }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
}

/** postmaster.pid, line 8: `ready` once connections are taken. */
async function becomesReady(cluster: Cluster, pid: number, ended: Promise<void>): Promise<void> {
  let hasEnded = false
  void ended.then(() => {
    hasEnded = true
  })
  const giveUpAt = performance.now() + readyTimeoutMs
  while (performance.now() < giveUpAt) {
    const present = await readPidFile(cluster)
    if (present?.pid === pid && present.isReady) return
    if (hasEnded) break
    await sleep(pollMs)
  }
  throw await startFailure(cluster)
}

async function startFailure(cluster: Cluster) {
  const said = (await readFile(cluster.startLog, 'utf8')).trim().split('\n').slice(-3).join(' ')
  return fault(`PostgreSQL does not start in ${cluster.folder}; it says: ${said}`, { code: 'database.start' })
}

async function readPidFile(cluster: Cluster) {
  const text = await readFile(join(cluster.dataFolder, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  return pid > 0 ? { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' } : undefined
}

/** PostgreSQL's processes all have its data folder as their working directory; other systems than Linux go by the name. */
async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  if (process.platform === 'linux') return (await workingFolder(pid)) === dataFolder
  if (!isAlive(pid)) return false
  if (process.platform === 'win32') return true
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  return stdout.includes('postgres') && stdout.includes(dataFolder)
}

/** Undefined for a process that is gone, a zombie or another user's. */
async function workingFolder(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined)
}

/** A new server must not start while processes of a killed one still write; they end by themselves, else by force. */
async function endOrphans(dataFolder: string): Promise<void> {
  if (process.platform !== 'linux') return
  const giveUpAt = performance.now() + orphanPatienceMs
  for (;;) {
    const orphans = await processesIn(dataFolder)
    if (orphans.length === 0) return
    if (performance.now() > giveUpAt) for (const pid of orphans) signalTo(pid, 'SIGKILL')
    await sleep(pollMs)
  }
}

async function processesIn(dataFolder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0)
  const folders = await Promise.all(pids.map(workingFolder))
  return pids.filter((_, index) => folders[index] === dataFolder)
}

async function goneProcess(pid: number, cluster: Cluster): Promise<void> {
  while (await isServerOf(pid, cluster.dataFolder)) await sleep(watchMs, undefined, { ref: false })
}

function isAlive(pid: number): boolean {
  return signalTo(pid, 0)
}

/** False where there is no such process. */
function signalTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
