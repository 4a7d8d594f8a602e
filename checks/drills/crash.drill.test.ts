/** Nothing is lost: platform and PostgreSQL are killed at random instants under a stream of messages and images. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Platform, startPlatform } from '@xinglin/client'
import { type Fhir, signIn } from './fhir.ts'
import { sendReports, sendSlices, slice, studyInstanceUid } from './traffic.ts'

const reports = 2000
const slices = 200
const patients = 40
const kills = 10
const drillLimitMs = 8 * 60_000

test('2,000 messages and 200 images survive ten kills of the platform and ten of PostgreSQL, each exactly once', {
  timeout: drillLimitMs,
}, async () => {
  const platform = await startPlatform({ environment: { XINGLIN_LOG_LEVEL: 'warn' } })
  const ended = new AbortController()
  const { signal } = ended
  after(() => {
    ended.abort()
    return platform.stop()
  })

  const stream = Promise.all([
    sendReports(platform, { count: reports, patients, connections: 4, delayMs: 15, signal }),
    sendSlices(platform, { count: slices, delayMs: 40, signal }),
  ])
  let isStreaming = true
  void stream.finally(() => {
    isStreaming = false
  })
  let killed = 0
  for (; killed < kills && isStreaming; killed++) {
    await pause(100 + Math.random() * 900)
    await killPostgres(platform)
    await pause(100 + Math.random() * 900)
    await platform.kill()
    await platform.start()
  }
  await stream

  assert.equal(killed, kills, 'the stream must outlast the kills')
  const fhir = await signIn(platform)
  await untilImagesAreIndexed(fhir)
  assert.deepEqual(await factsOf(fhir), {
    patients: patients + 1,
    encounters: patients,
    reports,
    observations: reports,
    provenances: reports,
    imagingStudies: 1,
    instances: slices,
  })
  assert.deepEqual(
    await valuesOf(fhir),
    Array.from({ length: reports }, (_, index) => index),
  )
  assert.deepEqual(await damagedSlices(fhir), [])
})

async function killPostgres(platform: Platform): Promise<void> {
  const files = await readdir(platform.dataFolder, { recursive: true })
  const pidFile = files.find((file) => file.endsWith('postmaster.pid'))
  if (!pidFile) return
  const pid = Number((await readFile(join(platform.dataFolder, pidFile), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
}

async function untilImagesAreIndexed(fhir: Fhir): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const { entry = [] } = await fhir.get('/fhir/R4/ImagingStudy')
    if (entry[0]?.resource.numberOfInstances === slices) return
    await pause(200)
  }
}

async function factsOf(fhir: Fhir): Promise<Readonly<Record<string, number>>> {
  const [study] = (await fhir.get('/fhir/R4/ImagingStudy')).entry ?? []
  return {
    patients: await fhir.count('Patient'),
    encounters: await fhir.count('Encounter'),
    reports: await fhir.count('DiagnosticReport'),
    observations: await fhir.count('Observation'),
    provenances: await fhir.count('Provenance'),
    imagingStudies: await fhir.count('ImagingStudy'),
    instances: study?.resource.numberOfInstances ?? 0,
  }
}

/** The values of all results in ascending order: each report has its own. */
async function valuesOf(fhir: Fhir): Promise<readonly number[]> {
  const values: number[] = []
  for (let page: string | undefined = '/fhir/R4/Observation?_count=500'; page; ) {
    const bundle = await fhir.get(page)
    values.push(...(bundle.entry ?? []).map(({ resource }) => resource.valueQuantity?.value ?? Number.NaN))
    page = bundle.link?.find(({ relation }) => relation === 'next')?.url
  }
  return values.toSorted((a, b) => a - b)
}

/** Slices whose stored bytes do not end in the dataset that was sent. */
async function damagedSlices(fhir: Fhir): Promise<readonly number[]> {
  const damaged: number[] = []
  for (let index = 0; index < slices; index++) {
    const { sopInstanceUid, dataset } = slice(index)
    const path = `/dicom-web/studies/${studyInstanceUid}/series/${studyInstanceUid}.1/instances/${sopInstanceUid}`
    const bytes = await fhir.bytes(path, 'multipart/related; type="application/dicom"; transfer-syntax=*')
    if (!bytes.includes(Buffer.from(dataset))) damaged.push(index)
  }
  return damaged
}
