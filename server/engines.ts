/** What the platform runs on: PostgreSQL (embedded or external), the object store, and the migrations of the kernel. */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type Database,
  migrate,
  openDatabase,
  refuseOldServer,
  startEmbeddedPostgres,
} from '@xinglin/database'
import { dicomMigrations } from '@xinglin/dicom-node'
import { eventsMigrations } from '@xinglin/events'
import { bulkMigrations, subscriptionsMigrations } from '@xinglin/fhir-api'
import {
  accessMigrations,
  approvalsMigrations,
  consentMigrations,
  identityMigrations,
  oauthMigrations,
  patientsMigrations,
  signInMigrations,
  staffMigrations,
  upstreamMigrations,
} from '@xinglin/identity'
import { trailMigrations } from '@xinglin/identity/audit'
import { interfacesMigrations } from '@xinglin/interfaces'
import { migrateJobs } from '@xinglin/jobs'
import { keysMigrations } from '@xinglin/keys'
import { natsMigrations } from '@xinglin/nats'
import { type Objects, objectsMigrations, openObjects } from '@xinglin/objects'
import { profilesMigrations } from '@xinglin/profiles'
import { recordsMigrations } from '@xinglin/records'
import type { Logger, Runtime } from '@xinglin/runtime'
import { terminologyMigrations } from '@xinglin/terminology'
import { textsMigrations } from '@xinglin/text-messages'
import { trafficMigrations } from '@xinglin/traffic'
import type { Config } from './config.ts'

export type Engines = {
  readonly database: Database
  /** Few connections of their own, for what is looked up while a transaction holds one. */
  readonly lookUps: Database
  readonly objects: Objects
  /** Closes the pool, then stops the embedded PostgreSQL. */
  stop(): Promise<void>
}

/** A look-up takes a millisecond, and most are answered from memory. */
const lookUpConnections = 2

/** Starts or joins the engines; every schema of the kernel and the doors is up to date afterwards. */
export async function startEngines(config: Config, runtime: Runtime): Promise<Engines> {
  const { log } = runtime
  await mkdir(config.dataDir, { recursive: true })
  const postgres = config.databaseUrl
    ? { url: config.databaseUrl, stop: async () => undefined }
    : await startEmbeddedPostgres({ folder: join(config.dataDir, 'postgres'), log })
  try {
    const database = await openDatabase({
      url: postgres.url,
      readUrls: config.databaseReadUrls ?? [],
      log,
      poolSize: config.databaseConnections,
    })
    const lookUps = await openDatabase({ url: postgres.url, log, poolSize: lookUpConnections })
    const stop = async () => {
      await lookUps.close()
      await database.close()
      await postgres.stop()
    }
    await refuseOldServer(database)
    await migrateAll(database, log)
    return { database, lookUps, objects: await openConfiguredObjects(config, log), stop }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

async function migrateAll(database: Database, log: Logger): Promise<void> {
  await migrate(database, [
    keysMigrations,
    objectsMigrations,
    eventsMigrations,
    recordsMigrations,
    terminologyMigrations,
    profilesMigrations,
    identityMigrations,
    accessMigrations,
    approvalsMigrations,
    consentMigrations,
    oauthMigrations,
    signInMigrations,
    staffMigrations,
    patientsMigrations,
    upstreamMigrations,
    trailMigrations,
    trafficMigrations,
    interfacesMigrations,
    textsMigrations,
    natsMigrations,
    dicomMigrations,
    subscriptionsMigrations,
    bulkMigrations,
  ])
  await migrateJobs({ database, log })
}

function openConfiguredObjects(config: Config, log: Logger): Promise<Objects> {
  const url = config.objectsUrl ?? pathToFileURL(join(config.dataDir, 'objects')).href
  const { objectsKey: key, objectsSecret: secret } = config
  return openObjects({ url, log, ...(key && secret ? { credentials: { key, secret } } : {}) })
}
