/** Three whole platforms over one PostgreSQL and one object store act as one: nothing twice, everything seen by all. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { createMllpClient, startPlatform } from '@xinglin/client'
import { startEmbeddedPostgres } from '@xinglin/database'
import { systemRuntime } from '@xinglin/runtime'
import { type Fhir, signIn } from './fhir.ts'
import { laboratoryReport } from './traffic.ts'

const platforms = 3
const patients = 10
const drillLimitMs = 3 * 60_000

test('the same patients told to three platforms at once, by HL7 and by conditional create, are made once and read everywhere', {
  timeout: drillLimitMs,
}, async () => {
  const started = await startThree()
  const doors = await Promise.all(started.map((platform) => signIn(platform)))
  const senders = started.map(({ ports }) => createMllpClient({ host: '127.0.0.1', port: ports.hl7 }))
  after(() => {
    for (const sender of senders) sender.close()
  })

  for (let number = 0; number < patients; number++) {
    const reports = senders.map((sender, index) =>
      sender.send(laboratoryReport(number + index * patients, patients)),
    )
    const rooms = started.map(({ baseUrl }, index) => createRoom(baseUrl, doors[index]?.token ?? '', number))
    assert.deepEqual(
      (await Promise.all(reports)).map(({ code }) => code),
      ['AA', 'AA', 'AA'],
    )
    assert.deepEqual((await Promise.all(rooms)).toSorted(), [200, 200, 201])
  }

  const seen = await Promise.all(doors.map(factsOf))
  // The rooms, and the clinic that the reports name.
  const locations = patients + 1
  const expected = { patients, encounters: patients, reports: patients * platforms, locations }
  assert.deepEqual(seen, [expected, expected, expected])
})

/** Three platforms that differ in ports and data folder alone. */
async function startThree() {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-three-'))
  const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'silent' })
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log })
  const environment = {
    XINGLIN_DATABASE_URL: postgres.url,
    XINGLIN_OBJECTS_URL: pathToFileURL(join(folder, 'objects')).href,
    XINGLIN_LOG_LEVEL: 'warn',
    XINGLIN_MASTER_KEY: 'ab'.repeat(32),
  }
  const starting = Array.from({ length: platforms }, () => startPlatform({ environment }))
  after(async () => {
    // One that did not start must not leave the others running.
    const settled = await Promise.allSettled(starting)
    const started = settled.filter((one) => one.status === 'fulfilled')
    await Promise.all(started.map(({ value }) => value.stop()))
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  })
  return Promise.all(starting)
}

const system = 'urn:oid:2.999.86.8.9'

/** Creates a room unless one of its number is there (R4 §3.1.0.8.1); answers the HTTP status. */
async function createRoom(baseUrl: string, token: string, number: number): Promise<number> {
  const value = `room-${number}`
  const answer = await fetch(`${baseUrl}/fhir/R4/Location`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/fhir+json',
      'if-none-exist': `identifier=${system}|${value}`,
    },
    body: JSON.stringify({
      resourceType: 'Location',
      name: `诊室 ${number}`,
      identifier: [{ system, value }],
    }),
  })
  await answer.arrayBuffer()
  return answer.status
}

async function factsOf(fhir: Fhir) {
  return {
    patients: await fhir.count('Patient'),
    encounters: await fhir.count('Encounter'),
    reports: await fhir.count('DiagnosticReport'),
    locations: await fhir.count('Location'),
  }
}
