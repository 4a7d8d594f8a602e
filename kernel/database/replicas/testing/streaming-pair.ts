/** A primary and a hot standby that streams from it, both of the embedded PostgreSQL (PostgreSQL 18 §26.2.5). */
import { chmod, chown, cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemRuntime } from '@xinglin/runtime'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../embedded/embedded-postgres.ts'

const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'silent' })

export type StreamingPair = {
  readonly primaryUrl: string
  readonly standbyUrl: string
  /** Statements of the standby's superuser: pausing and resuming replay. */
  administer(text: string): Promise<void>
  stopStandby(): Promise<void>
  startStandby(): Promise<void>
  stop(): Promise<void>
}

/** Starts both below `folder`. */
export async function startPair(folder: string): Promise<StreamingPair> {
  const primaryFolder = join(folder, 'primary')
  const standbyFolder = join(folder, 'standby')
  const first = await startEmbeddedPostgres({ folder: primaryFolder, log })
  await first.stop()
  // A cold copy is a base backup.
  await copyCluster(primaryFolder, standbyFolder)
  const primary = await startEmbeddedPostgres({ folder: primaryFolder, log })
  const password = await readFile(join(primaryFolder, 'superuser-password'), 'utf8')
  await makeStandby(standbyFolder, { port: Number(new URL(primary.url).port), password })
  const start = () => startEmbeddedPostgres({ folder: standbyFolder, log })
  let standby = await start()
  let isRunning = true
  const standbyUrl = standby.url
  return {
    primaryUrl: primary.url,
    standbyUrl,
    async administer(text) {
      const address = new URL(standby.url)
      address.username = 'postgres'
      address.password = password
      address.pathname = '/postgres'
      const client = new pg.Client({ connectionString: address.href })
      await client.connect()
      await client.query(text)
      await client.end()
    },
    async stopStandby() {
      isRunning = false
      await standby.stop()
    },
    async startStandby() {
      standby = await start()
      isRunning = true
    },
    async stop() {
      if (isRunning) await standby.stop()
      await primary.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Copies made by root belong to root, but PostgreSQL runs as the owner of its files. */
async function copyCluster(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (path) => !/(?:\.sock|lock|\/port)$/.test(path) })
  for (const entry of ['', ...(await readdir(to, { recursive: true }))]) {
    const { uid, gid, mode } = await stat(join(from, entry))
    await chown(join(to, entry), uid, gid)
    await chmod(join(to, entry), mode & 0o7777)
  }
}

async function makeStandby(
  folder: string,
  { port, password }: { readonly port: number; readonly password: string },
): Promise<void> {
  const connection = `host=127.0.0.1 port=${port} user=postgres password=${password}`
  const { uid, gid } = await stat(join(folder, 'data'))
  for (const [name, text] of [
    ['standby.signal', ''],
    ['conf.d/zz-local.conf', `primary_conninfo = '${connection}'\nhot_standby = on\n`],
  ] as const) {
    await writeFile(join(folder, 'data', name), text)
    await chown(join(folder, 'data', name), uid, gid)
  }
}
