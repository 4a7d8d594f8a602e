/** The composition: engines, kernel, apps, doors, in this order; stopped in reverse within 10 s. */

import { join, resolve } from 'node:path'
import { type Kernel, startApps } from '@xinglin/app'
import { studyEraser } from '@xinglin/dicom-node'
import { createEventLog } from '@xinglin/events'
import { bulkTasks, exportEraser, startSubscriptions } from '@xinglin/fhir-api'
import { openProfiles } from '@xinglin/hl7-listener'
import { createIdentity, type IdentitySettings } from '@xinglin/identity'
import { createInterfaces, deliveryEraser } from '@xinglin/interfaces'
import { createJobs } from '@xinglin/jobs'
import { sealedObjects } from '@xinglin/objects'
import { createProfiles, terminologyCodes } from '@xinglin/profiles'
import { createRecords } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { createTerminology, lateVocabulary } from '@xinglin/terminology'
import { createTraffic } from '@xinglin/traffic'
import { askForLeavers, leaversTasks } from '@xinglin/upstream-sign-in'
import { createWeb } from '@xinglin/web'
import { apps } from './apps.ts'
import { startAuditTrail } from './audit-trail.ts'
import { type Config, namedValues, shownValues } from './config.ts'
import { createDemo, type Demo, demoRoute, isDemonstration } from './demo.ts'
import { type DemoTexts, startDemoTexts } from './demo-texts.ts'
import { openDoors, registerHttpDoors, subscriptionSettings } from './doors.ts'
import { type Engines, startEngines } from './engines.ts'
import { openEventFeed } from './event-feed.ts'
import { type FirstStart, prepareAccounts } from './first-start.ts'
import { openInterfaces } from './interfaces.ts'
import { openPlatformKeys, openTransport, type Transport } from './keys.ts'
import { observeHealth, observeMetrics } from './observation.ts'
import { buildPages, pagesFolder } from './pages.ts'
import { startReindexing } from './reindexing.ts'
import type { Role } from './roles.ts'
import { startSealing } from './sealing.ts'
import { demandedFactor } from './second-factor.ts'
import { openTexts } from './texts.ts'

export type PlatformOptions = {
  readonly config: Config
  readonly roles: readonly Role[]
  readonly runtime: Runtime
}

export type Addresses = { readonly http: number; readonly hl7?: number; readonly dicom?: number }

export type Platform = {
  /** Ports of the open doors. */
  readonly ports: Addresses
  readonly demo: Demo
  /** The simulated text messages of the demonstration; undefined elsewhere. */
  readonly demoTexts?: DemoTexts
  readonly firstStart: FirstStart
  /** Reads the certificates of the doors anew. */
  reloadCertificates(): Promise<void>
  stop(): Promise<void>
}

/** What was started, undone last first; each part may fail without keeping the others from stopping. */
type Undo = { readonly part: string; readonly stop: () => Promise<void> }

/** Starts everything; settles when every door is open, or stops what it started and throws. */
export async function startPlatform({ config: given, roles, runtime }: PlatformOptions): Promise<Platform> {
  const config = { ...given, dataDir: resolve(given.dataDir) }
  const undo: Undo[] = []
  try {
    return await compose({ config, roles, runtime }, undo)
  } catch (error) {
    await undoAll(undo, runtime)
    throw error
  }
}

async function compose({ config, roles, runtime }: PlatformOptions, undo: Undo[]): Promise<Platform> {
  const [engines] = await Promise.all([
    startEngines(config, runtime),
    roles.includes('web') ? buildPages(runtime.log) : undefined,
  ])
  undo.push({ part: 'engines', stop: () => engines.stop() })
  const transport = await openTransport(config, runtime)
  undo.push({ part: 'certificates', stop: async () => transport.stop() })
  const kernel = await createKernel({ config, roles, runtime, transport }, engines)
  undo.push({ part: 'identity', stop: () => kernel.identity.stop() })
  undo.push({ part: 'web', stop: () => kernel.web.close() })
  await kernel.events.start()
  undo.push({ part: 'events', stop: () => kernel.events.stop() })

  for (const eraser of [deliveryEraser, studyEraser, exportEraser(kernel.objects)])
    kernel.records.erasing.with(eraser)
  const demo = createDemo(kernel, { dataDir: config.dataDir, isOn: config.demo === 'on' })
  const interfacesFolder = config.interfacesDir ?? join(config.dataDir, 'interfaces')
  const profiles = await openProfiles(join(interfacesFolder, 'profiles'), runtime)
  undo.push({ part: 'hl7 profiles', stop: () => profiles.stop() })
  if (roles.includes('web')) await registerHttpDoors(kernel, config, profiles)
  if (roles.includes('web')) demoRoute(kernel, demo)
  const isWhole = roles.includes('web') && roles.includes('worker')
  const simulatesTexts = isWhole && config.textsUrl === undefined && (await demo.isOurs())
  const demoTexts = simulatesTexts ? startDemoTexts(runtime) : undefined
  if (demoTexts) undo.push({ part: 'simulated texts', stop: () => demoTexts.stop() })
  observeHealth(kernel)
  observeMetrics(kernel)
  // One process of a split installation prints the one-time password.
  const firstStart = roles.includes('web') ? await prepareAccounts(kernel, config) : {}
  const running = await startApps({
    apps,
    kernel,
    roles: roles.filter(isAppRole),
    settings: namedValues(config),
    tasks: {
      ...bulkTasks(kernel, { importOrigins: config.importOrigins ?? [] }),
      ...leaversTasks(kernel, { networks: config.signInNetworks ?? [] }),
      ...openTexts(kernel, config, demoTexts?.provider),
    },
  })
  undo.push({ part: 'apps', stop: () => running.stop() })
  if (roles.includes('worker')) await askForLeavers(kernel)
  if (roles.includes('worker')) undo.push({ part: 'reindexing', stop: startReindexing(kernel).stop })
  if (roles.includes('worker')) undo.push({ part: 'sealing', stop: startSealing(kernel).stop })
  if (roles.includes('worker')) {
    const trail = await startAuditTrail(kernel, config)
    undo.push({ part: 'audit trail', stop: () => trail.stop() })
  }

  if (roles.includes('worker')) {
    const feed = await openEventFeed(kernel, config)
    if (feed) undo.push({ part: 'event feed', stop: () => feed.stop() })
  }

  if (roles.includes('worker')) {
    const subscriptions = await startSubscriptions(kernel, subscriptionSettings(config))
    undo.push({ part: 'subscriptions', stop: () => subscriptions.stop() })
  }

  const interfaces = await openInterfaces(kernel, {
    folder: interfacesFolder,
    secretsFolder: config.interfaceSecretsDir ?? join(config.dataDir, 'interface-secrets'),
    roots: config.fileRoots ?? [resolve(config.dataDir, 'exchange')],
    roles,
  })
  undo.push({ part: 'interfaces', stop: () => interfaces.stop() })
  const doors = await openDoors(kernel, { config, roles, transport, profiles })
  undo.push({ part: 'doors', stop: async () => void (await Promise.all([kernel.web.close(), doors.stop()])) })
  // HTTP opens last, so that an answer of `/health/ready` means that every door is open.
  const { port } = await kernel.web.listen()
  undo.push({ part: 'demonstration', stop: () => demo.stop() })
  return {
    ...{ ports: { http: port, ...doors.ports }, demo, firstStart },
    ...(demoTexts ? { demoTexts } : {}),
    reloadCertificates: transport.reload,
    stop: () => undoAll(undo, runtime),
  }
}

function isAppRole(role: Role): role is 'web' | 'worker' {
  return role !== 'listener'
}

async function createKernel(
  { config, roles, runtime, transport }: PlatformOptions & { readonly transport: Transport },
  { database, lookUps, objects: stored }: Engines,
): Promise<Kernel> {
  const keys = await openPlatformKeys(config, { database: lookUps, runtime })
  // Objects are shared by all institutions: sealed for all once one seals chosen fields.
  const isSealing = async () => config.sealObjects === 'on' || records.sealing.isAnyOn()
  const objects = sealedObjects({ objects: stored, keys, database, runtime, isSealing })
  const events = createEventLog({ database, runtime })
  const vocabulary = lateVocabulary(() => terminology)
  const records = createRecords({ database, events, runtime, vocabulary, keys })
  const secondFactor = await demandedFactor(config, () =>
    isDemonstration({ records }, { dataDir: config.dataDir, isOn: config.demo === 'on' }),
  )
  runtime.log.info('second factors', { demandedOf: secondFactor })
  const settings = { ...identitySettings(config), secondFactor }
  const identity = createIdentity({ database, records, events, runtime, settings, keys })
  const web = await createWeb({
    identity,
    events,
    runtime,
    bind: config.bind,
    port: config.httpPort,
    tls: transport.door('http'),
    ...(roles.includes('web') ? { pages: pagesFolder } : {}),
    trustedProxies: config.trustedProxies ?? [],
    limits: {
      bodyBytes: config.bodyLimit * 1024 * 1024,
      actorRequestsPerSecond: config.actorRate,
      anonymousRequestsPerSecond: config.anonymousRate,
      signInsPerMinute: config.signInRate,
    },
  })
  const jobs = createJobs({ database, runtime })
  const traffic = createTraffic({ database, events, runtime, sealing: { keys, isOn: records.sealing.isOn } })
  const interfaces = createInterfaces({ database, traffic, runtime, keys, isSealing: records.sealing.isOn })
  const terminology = createTerminology({ database, lookUps, objects, events, records, jobs, runtime })
  const profiles = createProfiles({
    database,
    records,
    events,
    runtime,
    codes: terminologyCodes(terminology),
  })
  return {
    runtime,
    database,
    keys,
    objects,
    events,
    records,
    jobs,
    terminology,
    profiles,
    identity,
    traffic,
    interfaces,
    web,
    settings: shownValues(config),
  }
}

function identitySettings(config: Config): IdentitySettings {
  return {
    sessionIdleMs: config.sessionIdle * 60_000,
    sessionsAtOnce: config.sessionsAtOnce,
    failuresToLock: config.lockAfter,
    lockMs: config.lockMinutes * 60_000,
    passwordLifeMs: config.passwordDays * 24 * 3_600_000,
    glassMs: config.glassHours * 3_600_000,
    glassReviewMs: config.glassReviewHours * 3_600_000,
    codesPerHour: config.textsPerHour,
    guardianAgeYears: config.guardianAge,
  }
}

async function undoAll(undo: Undo[], { log }: Runtime): Promise<void> {
  for (let last = undo.pop(); last; last = undo.pop()) {
    const { part, stop } = last
    await stop().catch((error: unknown) => {
      log.error('a part did not stop cleanly', {
        part,
        error: error instanceof Error ? error.name : typeof error,
      })
    })
  }
}
