/** One PostgreSQL data folder: made once by initdb, private to its account, protected by generated passwords. */
import { execFile } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fault } from '@xinglin/fhir'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { type Durability, maxSocketFolderBytes, settingsText } from './settings.ts'

export type Cluster = {
  readonly folder: string
  readonly dataFolder: string
  /** Output of the server before its own log file opens. */
  readonly startLog: string
  readonly socketFolder: string | undefined
  readonly account: Account
  readonly binaries: Binaries
  readonly durability: Durability
  /** Passwords of the superuser `postgres` and of the platform's own role `xinglin`. */
  readonly passwords: { readonly postgres: string; readonly xinglin: string }
}

/** Below the ports that systems give to outgoing connections (from 32768), so that none is in the way at a restart. */
const lowestPort = 20_000
const highestPort = 32_000

/** initdb takes half a second; a slow disk may need much longer. */
const initdbTimeoutMs = 120_000

/** The data folder under `folder`, made where it is missing; needs the folder's lock. */
export async function prepareCluster(options: {
  folder: string
  account: Account
  binaries: Binaries
  durability: Durability
}): Promise<Cluster> {
  const { folder, account } = options
  const socketFolder = join(folder, 'socket')
  const cluster: Cluster = {
    ...options,
    dataFolder: join(folder, 'data'),
    startLog: join(folder, 'start.log'),
    socketFolder:
      process.platform !== 'win32' && Buffer.byteLength(socketFolder) <= maxSocketFolderBytes
        ? socketFolder
        : undefined,
    passwords: {
      postgres: await secretIn(join(folder, 'superuser-password'), account),
      xinglin: await secretIn(join(folder, 'password'), account),
    },
  }
  await giveTo(account, folder, 0o700)
  await mkdir(socketFolder, { recursive: true })
  await giveTo(account, socketFolder, 0o700)
  await writeFile(cluster.startLog, '', { mode: 0o600 })
  if (!(await readdir(folder)).includes('data')) await initialise(cluster)
  return cluster
}

/** The TCP port for the next start: the one used before where it is free, else a free one, kept in the folder. */
export async function choosePort(cluster: Cluster): Promise<number> {
  const portFile = join(cluster.folder, 'port')
  const before = Number(await readFile(portFile, 'utf8').catch(() => '0'))
  if (before > 0 && (await isFree(before))) return before
  for (;;) {
    const port = randomInt(lowestPort, highestPort)
    if (!(await isFree(port))) continue
    await writeFile(portFile, String(port))
    return port
  }
}

/** Writes the settings that the server reads at its start. */
export async function writeSettings(cluster: Cluster, port: number): Promise<void> {
  const settingsFile = join(cluster.dataFolder, 'conf.d', 'xinglin.conf')
  const { durability, socketFolder, account } = cluster
  await writeFile(settingsFile, settingsText({ port, socketFolder, durability }), { mode: 0o600 })
  await giveTo(account, settingsFile, 0o600)
}

/** Made under another name and renamed at the end, so that a crash leaves no half-made data folder. */
async function initialise(cluster: Cluster): Promise<void> {
  const { folder, account, binaries } = cluster
  const unfinished = join(folder, 'data.unfinished')
  await rm(unfinished, { recursive: true, force: true })
  const options = [
    ...['--pgdata', unfinished, '--username', 'postgres', '--pwfile', join(folder, 'superuser-password')],
    ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-instructions'],
    // Chinese text sorts by pinyin.
    ...['--locale-provider', 'icu', '--icu-locale', 'zh-Hans-CN'],
    ...(cluster.durability === 'none' ? ['--no-sync'] : []),
  ]
  try {
    await promisify(execFile)(binaries.initdb, options, {
      ...account,
      cwd: folder,
      env: serverEnvironment(),
      timeout: initdbTimeoutMs,
    })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw fault(`initdb failed in ${folder}: ${said}`, { code: 'database.initdb', cause: error })
  }
  const included = join(unfinished, 'conf.d')
  await mkdir(included)
  await giveTo(account, included, 0o700)
  const mainFile = join(unfinished, 'postgresql.conf')
  await writeFile(mainFile, "\ninclude_dir = 'conf.d'\n", { flag: 'a' })
  await rename(unfinished, cluster.dataFolder)
}

/** Only what the server needs: no PG* variables of the operator, fixed locale. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env
  return { ...(PATH ? { PATH } : {}), ...(SystemRoot ? { SystemRoot } : {}), LC_ALL: 'C', TZ: 'UTC' }
}

async function secretIn(file: string, account: Account): Promise<string> {
  const present = await readFile(file, 'utf8').catch(() => '')
  if (present !== '') return present
  const secret = randomBytes(24).toString('base64url')
  await writeFile(file, secret, { mode: 0o600, flush: true })
  await giveTo(account, file, 0o600)
  return secret
}

async function giveTo({ uid, gid }: Account, path: string, mode: number): Promise<void> {
  await chmod(path, mode)
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid)
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  probe.listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
  probe.close()
  await once(probe, 'close')
  return true
}
