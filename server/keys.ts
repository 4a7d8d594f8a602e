/** The keys of this installation: where its master key comes from, and what happens at the very first start. */
import { join } from 'node:path'
import type { Database } from '@xinglin/database'
import {
  type DoorTls,
  findMasterKey,
  type Keys,
  makeMasterKeyFile,
  masterKeyFromText,
  openCertificates,
  openKeys,
} from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import type { Config } from './config.ts'

/** TLS of the doors; every door is undefined where it speaks none. */
export type Transport = {
  door(name: 'http' | 'hl7' | 'dicom'): DoorTls | undefined
  /** Reads the certificates anew now. */
  reload(): Promise<void>
  stop(): void
}

/** Certificates of the configuration; throws `invalid` where they are missing, unfit or expired. */
export async function openTransport(config: Config, { log }: Runtime): Promise<Transport> {
  const { tlsCertificate, tlsKey, tlsDoors, tlsClientDoors = [] } = config
  if (!tlsCertificate || !tlsKey) return { door: () => undefined, reload: async () => {}, stop: () => {} }
  const files = {
    ...{ certificate: tlsCertificate, key: tlsKey },
    clientAuthorities: config.tlsClientAuthorities,
  }
  const certificates = await openCertificates(files, { log })
  return {
    door: (name) =>
      tlsDoors.includes(name)
        ? certificates.door({ demandsClient: tlsClientDoors.includes(name) })
        : undefined,
    reload: certificates.reload,
    stop: certificates.stop,
  }
}

/** Opens the keys; throws `fault` where the database was sealed by a master key that is not given. */
export async function openPlatformKeys(
  config: Config,
  { database, runtime }: { database: Database; runtime: Runtime },
): Promise<Keys> {
  const file = config.masterKeyFile ?? join(config.dataDir, 'keys', 'master.key')
  const { masterKeyToken: address, masterKeyPin: pin = '' } = config
  const token = address ? { address, pin } : undefined
  const places = { text: config.masterKey, command: config.masterKeyCommand, token, file }
  const { previousMasterKey } = config
  return openKeys({
    ...{ database, runtime, suite: config.cryptoSuite },
    master: () => findMasterKey(places, runtime.log),
    previousMaster: previousMasterKey ? masterKeyFromText(previousMasterKey) : undefined,
    makeMaster: () => makeMasterKeyFile(file),
  })
}
