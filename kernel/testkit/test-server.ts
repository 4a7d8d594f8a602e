/**
 * One PostgreSQL for all test files. `npm test` starts it and names it in XINGLIN_TEST_DATABASE_URL; a single file run
 * by `node --test` finds the one that an earlier run left in the temporary folder, or starts it.
 */
import { spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { fault } from '@xinglin/fhir'
import pg from 'pg'

/** initdb and start take a second; a busy machine takes more. */
const startTimeoutMs = 60_000
const pollMs = 50

/** URL of a server whose role may create databases; starts one that ends by itself when it is no longer used. */
export async function testServerUrl(): Promise<string> {
  // Rule 22: tests have no composition root that could hand this in.
  const given = process.env.XINGLIN_TEST_DATABASE_URL
  return given ?? sharedServerUrl()
}

/** Where the shared server of this user lives. */
export function sharedFolder(): string {
  return join(tmpdir(), `xinglin-tests-${userInfo().uid}`)
}

/** The file in which the shared server names its URL while it runs. */
export function urlFile(folder: string): string {
  return join(folder, 'url')
}

async function sharedServerUrl(): Promise<string> {
  const folder = sharedFolder()
  const present = await answeringUrl(folder)
  if (present) return present
  await mkdir(folder, { recursive: true })
  // Several test files may start it at once: the folder's lock lets one live and the others end.
  spawn(process.execPath, [fileURLToPath(new URL('./shared-server.ts', import.meta.url)), folder], {
    detached: true,
    stdio: 'ignore',
  }).unref()
  const giveUpAt = performance.now() + startTimeoutMs
  while (performance.now() < giveUpAt) {
    await sleep(pollMs)
    const url = await answeringUrl(folder)
    if (url) return url
  }
  throw fault(`the test database does not start; see ${folder}`, { code: 'testkit.no-server' })
}

async function answeringUrl(folder: string): Promise<string | undefined> {
  const url = await readFile(urlFile(folder), 'utf8').catch(() => undefined)
  if (!url) return undefined
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.end()
    return url
  } catch {
    // Nobody answers there any more: the caller starts a new one.
    return undefined
  }
}
