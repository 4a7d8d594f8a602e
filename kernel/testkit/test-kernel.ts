/** A whole kernel on a fresh database, with its own clock, ids and objects; nothing in it is a stand-in but time and ids. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { AppDefinition, Kernel } from '@xinglin/app'
import { startApps } from '@xinglin/app'
import { migrate } from '@xinglin/database'
import { createEventLog, type TenantId } from '@xinglin/events'
import { type Actor, createIdentity } from '@xinglin/identity'
import { createInterfaces } from '@xinglin/interfaces'
import { createJobs } from '@xinglin/jobs'
import { masterKeyFromBytes, openKeys, type SuiteName } from '@xinglin/keys'
import { openObjects, sealedObjects } from '@xinglin/objects'
import { createProfiles, terminologyCodes } from '@xinglin/profiles'
import { createRecords, type SealedFields } from '@xinglin/records'
import { createTerminology, lateVocabulary } from '@xinglin/terminology'
import { createTraffic } from '@xinglin/traffic'
import { createWeb, type WebLimits } from '@xinglin/web'
import { isSealedRun, sealFields, testSealedFields } from './seal-fields.ts'
import { openTestDatabase, type TestDatabaseOptions } from './test-database.ts'
import { type TestRuntime, testRuntime } from './test-runtime.ts'

/** The institution that the first migration makes. */
export const testTenant = 1 as TenantId

/** Of every test: what one kernel of a test sealed, another on the same database opens. */
export const testMasterKey = masterKeyFromBytes(new Uint8Array(32).fill(1), 'file')

export type TestKernelOptions = {
  readonly apps?: readonly AppDefinition[]
  /** Of doors, besides the kernel's own. */
  readonly migrations?: TestDatabaseOptions['migrations']
  /** Registers doors or routes before the web server listens. */
  readonly register?: (kernel: Kernel) => Promise<void> | void
  /** Listens on a free port of 127.0.0.1; else requests go through `web.http.inject`. */
  readonly listen?: boolean
  readonly limits?: Partial<WebLimits>
  /** Fields sealed in the record from the beginning; `XINGLIN_TEST_SEALED=on` seals the usual ones in every kernel. */
  readonly sealed?: SealedFields
  /** Of what is sealed and signed; default: international. */
  readonly suite?: SuiteName
  /** Where the clock stands, as an instant. */
  readonly start?: string
}

export type TestKernel = Omit<Kernel, 'runtime'> & {
  readonly runtime: TestRuntime
  /** `http://127.0.0.1:<port>` with `listen`, else empty. */
  readonly baseUrl: string
  /** Where its objects lie. */
  readonly objectsFolder: string
  /** The platform itself in the first institution, allowed everything. */
  readonly actor: Actor
  /** Headers of a machine client with the given scopes, `system/*.*` where none are given. */
  authorisation(scopes?: readonly string[]): Promise<{ authorization: string }>
}

/** Starts everything and stops it after the tests of this file. */
export async function testKernel(options: TestKernelOptions = {}): Promise<TestKernel> {
  const runtime = testRuntime(options.start ? { start: options.start } : {})
  const { database, drop } = await openTestDatabase()
  const stops: (() => Promise<unknown>)[] = [drop]
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })
  await migrate(database, options.migrations ?? [])
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-objects-'))
  stops.push(() => rm(folder, { recursive: true, force: true }))
  const kernel = await assemble({
    runtime,
    database,
    objectsFolder: folder,
    limits: options.limits,
    suite: options.suite,
  })
  const sealed = options.sealed ?? (isSealedRun ? testSealedFields : undefined)
  if (sealed) await sealFields(kernel, { tenant: testTenant, actor: 'system/test' }, sealed)
  await kernel.events.start()
  stops.push(
    () => kernel.events.stop(),
    () => kernel.identity.stop(),
    () => kernel.interfaces.stop(),
  )
  await options.register?.(kernel)
  const running = await startApps({ apps: options.apps ?? [], kernel })
  stops.push(() => running.stop())
  const { port } = options.listen ? await kernel.web.listen() : { port: 0 }
  stops.push(() => kernel.web.close())
  return {
    ...kernel,
    runtime,
    baseUrl: port ? `http://127.0.0.1:${port}` : '',
    objectsFolder: folder,
    actor: kernel.identity.systemActor('test', testTenant),
    authorisation: (scopes = ['system/*.*']) => authorisation(kernel, scopes),
  }
}

async function assemble(parts: {
  runtime: TestRuntime
  database: Kernel['database']
  objectsFolder: string
  limits: Partial<WebLimits> | undefined
  suite: SuiteName | undefined
}): Promise<Kernel> {
  const { runtime, database } = parts
  const { suite = 'international' } = parts
  const keys = await openKeys({ database, runtime, suite, master: testMasterKey })
  const events = createEventLog({ database, runtime })
  const vocabulary = lateVocabulary(() => terminology)
  const records = createRecords({ database, events, runtime, vocabulary, keys })
  const identity = createIdentity({
    ...{ database, records, events, runtime, keys },
    // Most sentences are about something else than the second factor of their administrator.
    settings: { secondFactor: 'optional' },
  })
  const web = await createWeb({
    ...{ identity, events, runtime, bind: '127.0.0.1', port: 0 },
    ...(parts.limits ? { limits: parts.limits } : {}),
  })
  const stored = await openObjects({ url: pathToFileURL(parts.objectsFolder).href, log: runtime.log })
  const objects = sealedObjects({
    objects: stored,
    keys,
    database,
    runtime,
    isSealing: records.sealing.isAnyOn,
  })
  const jobs = createJobs({ database, runtime })
  const terminology = createTerminology({ database, objects, events, records, jobs, runtime })
  const profiles = createProfiles({
    database,
    records,
    events,
    runtime,
    codes: terminologyCodes(terminology),
  })
  const traffic = createTraffic({ database, events, runtime, sealing: { keys, isOn: records.sealing.isOn } })
  const interfaces = createInterfaces({ database, traffic, runtime, keys, isSealing: records.sealing.isOn })
  return {
    ...{ runtime, database, keys, objects, events, records, jobs, terminology, profiles, identity, web },
    ...{ traffic, interfaces },
  }
}

async function authorisation(kernel: Kernel, scopes: readonly string[]): Promise<{ authorization: string }> {
  const client = {
    id: `test-${scopes.join('-').replaceAll(/[^A-Za-z0-9]+/g, '-')}`,
    secret: 'the secret of a test',
  }
  await kernel.identity.ensureClient({ ...client, scopes })
  const { accessToken } = await kernel.identity.clients.grantToken({
    clientId: client.id,
    clientSecret: client.secret,
  })
  return { authorization: `Bearer ${accessToken}` }
}
