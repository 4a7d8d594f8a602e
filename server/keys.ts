/** The keys of this installation: where its master key comes from, and what happens at the very first start. */
import { join } from 'node:path'
import type { Database } from '@xinglin/database'
import { findMasterKey, type Keys, makeMasterKeyFile, masterKeyFromText, openKeys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import type { Config } from './config.ts'

/** Opens the keys; throws `fault` where the database was sealed by a master key that is not given. */
export async function openPlatformKeys(
  config: Config,
  { database, runtime }: { database: Database; runtime: Runtime },
): Promise<Keys> {
  const file = config.masterKeyFile ?? join(config.dataDir, 'keys', 'master.key')
  const places = { text: config.masterKey, command: config.masterKeyCommand, file }
  const { previousMasterKey } = config
  return openKeys({
    ...{ database, runtime, suite: config.cryptoSuite },
    master: () => findMasterKey(places, runtime.log),
    previousMaster: previousMasterKey ? masterKeyFromText(previousMasterKey) : undefined,
    makeMaster: () => makeMasterKeyFile(file),
  })
}
