/** Accounts that a fresh installation needs: its administrator, the bootstrap client, and the simulator's client. */

import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { Config } from './config.ts'

export type FirstStart = {
  /** Present until somebody has signed in with it. */
  readonly oneTimePassword?: { readonly login: string; readonly password: string }
}

const allOfTheRecord = ['system/*.*'] as const

/** Makes what is missing; an installation in use stays as it is. Processes that start at once do this one after the other. */
export function prepareAccounts(kernel: Kernel, config: Config): Promise<FirstStart> {
  return kernel.database.transaction(async (transaction) => {
    await transaction.query(sql`select pg_advisory_xact_lock(hashtext('xinglin first start'))`)
    return makeAccounts(kernel, config)
  })
}

async function makeAccounts({ identity }: Kernel, config: Config): Promise<FirstStart> {
  const { login, oneTimePassword } = await identity.ensureAdministrator(
    config.adminPassword ? { password: config.adminPassword } : {},
  )
  if (config.bootstrapClient)
    await identity.ensureClient({ ...config.bootstrapClient, scopes: allOfTheRecord })
  return oneTimePassword ? { oneTimePassword: { login, password: oneTimePassword } } : {}
}

type SimulatorClient = { readonly id: string; readonly secret: string }

/**
 * The client with which the demonstration speaks; the answer is the path of `simulator-client.json` in the data folder,
 * which `npm run simulate` reads too.
 */
export async function prepareSimulatorClient(kernel: Kernel, dataDir: string): Promise<string> {
  const file = join(dataDir, 'simulator-client.json')
  const client = (await readClient(file)) ?? {
    id: 'simulator',
    secret: randomBytes(24).toString('base64url'),
  }
  await writeFile(file, `${JSON.stringify(client)}\n`, { mode: 0o600 })
  await kernel.identity.ensureClient({ ...client, scopes: allOfTheRecord })
  return file
}

async function readClient(file: string): Promise<SimulatorClient | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
