/**
 * PostgreSQL started, watched and stopped by the platform. A server that dies is started again; one that a killed
 * platform left running is adopted. The folder holds: data, socket, log, port, password, superuser-password.
 */
import { mkdir, realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@xinglin/runtime'
import pg from 'pg'
import { chooseAccount } from './account.ts'
import { locateBinaries } from './binaries.ts'
import { type Cluster, prepareCluster } from './cluster.ts'
import { lockFolder } from './folder-lock.ts'
import { findOrStart, type Postmaster, stopPostmaster } from './postmaster.ts'
import type { Durability } from './settings.ts'

export type EmbeddedPostgresOptions = {
  readonly folder: string
  readonly log: Logger
  readonly durability?: Durability
}

export type EmbeddedPostgres = {
  /** Of the role `xinglin` and its database `xinglin`; over the unix socket where there is one, valid across restarts. */
  readonly url: string
  /** Ends PostgreSQL (within 10 s) and gives the folder free. */
  stop(): Promise<void>
}

const firstRestartPauseMs = 50
const longestRestartPauseMs = 5_000
/** Processes of a server that was killed keep its memory for a moment, and a new one refuses to start beside them. */
const firstStartPatienceMs = 15_000

/** Starts or adopts PostgreSQL in `folder`; throws `conflict` (`database.folder-in-use`) where another platform has it. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, durability = 'full' } = options
  await mkdir(options.folder, { recursive: true })
  const folder = await realpath(options.folder)
  const lock = await lockFolder(folder)
  try {
    const binaries = await locateBinaries()
    const account = await chooseAccount([folder, binaries.postgres], folder, log)
    const cluster = await prepareCluster({ folder, account, binaries, durability })
    const supervisor = await supervise(cluster, log)
    const url = urlOf(cluster, supervisor.port, 'xinglin', 'xinglin')
    await provision(cluster, supervisor.port)
    return {
      url,
      stop: async () => {
        await supervisor.stop()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Keeps one server running until it is told to stop. */
async function supervise(cluster: Cluster, log: Logger): Promise<{ port: number; stop(): Promise<void> }> {
  let isStopping = false
  const begin = async (port?: number) => {
    const startedAt = performance.now()
    const postmaster = await findOrStart(cluster, port)
    const { pid, isAdopted } = postmaster
    log.info(isAdopted ? 'postgresql adopted' : 'postgresql started', {
      pid,
      port: postmaster.port,
      tookMs: Math.round(performance.now() - startedAt),
    })
    return postmaster
  }
  const beginFirst = async (): Promise<Postmaster> => {
    const giveUpAtMs = performance.now() + firstStartPatienceMs
    for (;;) {
      try {
        return await begin()
      } catch (error) {
        if (performance.now() > giveUpAtMs) throw error
        log.warn('postgresql does not start yet')
      }
      await sleep(firstRestartPauseMs * 4)
    }
  }
  let current: Promise<Postmaster> = beginFirst()
  const { port } = await current
  const watch = async () => {
    while (!isStopping) {
      await (await current).ended
      if (isStopping) return
      log.warn('postgresql ended by itself and is started again')
      current = beginAgain()
    }
  }
  const beginAgain = async (): Promise<Postmaster> => {
    for (let pauseMs = firstRestartPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestRestartPauseMs)) {
      try {
        // On the same port: the URL that was given out stays valid.
        return await begin(port)
      } catch (error) {
        log.error('postgresql does not start', {
          reason: error instanceof Error ? error.message : String(error),
        })
      }
      await sleep(pauseMs, undefined, { ref: false })
    }
  }
  void watch()
  const stop = async () => {
    isStopping = true
    await stopPostmaster(await current, cluster)
    log.info('postgresql stopped')
  }
  return { port, stop }
}

/** The platform's role is no superuser; role and database are made at the first start. */
async function provision(cluster: Cluster, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(cluster, port, 'postgres', 'postgres') })
  await client.connect()
  try {
    const { rows: roles } = await client.query(`select from pg_roles where rolname = 'xinglin'`)
    if (roles.length === 0) {
      // The generated password has the letters of base64url only.
      await client.query(`create role xinglin login createdb password '${cluster.passwords.xinglin}'`)
      await client.query('grant pg_monitor, pg_signal_backend to xinglin')
    }
    const { rows: databases } = await client.query(`select from pg_database where datname = 'xinglin'`)
    if (databases.length === 0) await client.query('create database xinglin owner xinglin')
  } finally {
    await client.end()
  }
}

function urlOf(cluster: Cluster, port: number, user: 'postgres' | 'xinglin', database: string): string {
  const url = new URL(`postgresql://${user}:${cluster.passwords[user]}@127.0.0.1:${port}/${database}`)
  if (cluster.socketFolder) url.searchParams.set('host', cluster.socketFolder)
  return url.href
}
