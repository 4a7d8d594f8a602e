/** The platform as operators meet it: it starts, answers, stands beside another, survives its database, and stops. */

import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { freePorts } from '@xinglin/client'
import { startEmbeddedPostgres } from '@xinglin/database'
import { systemRuntime } from '@xinglin/runtime'
import { childPlatform } from './testing/child-platform.ts'

const stopLimitMs = 10_000
const client = { XINGLIN_BOOTSTRAP_CLIENT: 'interface-engine:a secret of this test' }

test('two platforms start beside each other, answer at every door, and stop within 10 s', {
  timeout: 60_000,
}, async () => {
  const [first, second] = await Promise.all([childPlatform(client), childPlatform(client)])
  await Promise.all([first.ready(), second.ready()])

  for (const platform of [first, second]) {
    const token = await tokenFrom(platform.baseUrl)
    const metadata = await fetch(`${platform.baseUrl}/fhir/R4/metadata`)
    match(await metadata.text(), /"resourceType":\s*"CapabilityStatement"/)
    const patients = await fetch(`${platform.baseUrl}/fhir/R4/Patient`, { headers: token })
    match(await patients.text(), /"resourceType":\s*"Bundle"/)
    const metrics = await (await fetch(`${platform.baseUrl}/metrics`)).text()
    for (const name of ['process_cpu_seconds_total', 'http_request_seconds', 'database_connections', 'jobs'])
      match(metrics, new RegExp(`xinglin_${name}`))
    equal(await (await fetch(`${platform.baseUrl}/health/live`)).text(), '{"status":"alive"}')
    match(platform.output(), /一次性密码 One-time password {3}\S+/)
  }
  for (const { code, tookMs } of await Promise.all([first.end('SIGTERM'), second.end('SIGINT')])) {
    equal(code, 0)
    ok(tookMs < stopLimitMs, `stopped after ${tookMs} ms`)
  }
})

test('the second start is ready in under 6 s and still knows its clients', { timeout: 120_000 }, async () => {
  const limitMs = 6_000
  const dataFolder = await mkdtemp(join(tmpdir(), 'xinglin-again-'))
  const first = await childPlatform({ ...client, XINGLIN_DATA_DIR: dataFolder })
  await first.ready()
  await first.end('SIGTERM')

  const startsMs: number[] = []
  // Other tests run beside this one: the quickest of three starts is the platform's own time.
  while (startsMs.length < 3 && !startsMs.some((tookMs) => tookMs < limitMs)) {
    const startedMs = performance.now()
    const again = await childPlatform({ XINGLIN_DATA_DIR: dataFolder })
    await again.ready()
    startsMs.push(performance.now() - startedMs)
    equal(
      (await fetch(`${again.baseUrl}/fhir/R4/Patient`, { headers: await tokenFrom(again.baseUrl) })).status,
      200,
    )
    await again.end('SIGTERM')
  }

  ok(Math.min(...startsMs) < limitMs, `ready after ${startsMs} ms`)
})

test('while an external PostgreSQL is away the platform stays up, says not ready, and recovers by itself', {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-external-'))
  after(() => rm(folder, { recursive: true, force: true }))
  const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'silent' })
  const postgres = await startEmbeddedPostgres({ folder, log })
  const platform = await childPlatform({ ...client, XINGLIN_DATABASE_URL: postgres.url })
  await platform.ready()

  await postgres.stop()
  await platform.ready(503)
  equal((await fetch(`${platform.baseUrl}/health/live`)).status, 200)
  const again = await startEmbeddedPostgres({ folder, log })
  await platform.ready(200)

  equal((await platform.end('SIGTERM')).code, 0)
  await again.stop()
})

test('a setting that is wrong stops the start with its name, value and what is allowed', {
  timeout: 60_000,
}, async () => {
  const platform = await childPlatform({ XINGLIN_DEMO: 'perhaps' })

  equal(await platform.exited, 1)
  match(
    platform.output(),
    /does not start: XINGLIN_DEMO is 'perhaps', which is not allowed; allowed: on, off/,
  )
})

test('a role that does not exist stops the start', { timeout: 60_000 }, async () => {
  const platform = await childPlatform({}, ['--roles', 'web,cook'])

  equal(await platform.exited, 1)
  match(platform.output(), /--roles has 'cook'; allowed: web, worker, listener/)
})

for (const setting of ['XINGLIN_HTTP_PORT', 'XINGLIN_HL7_PORT', 'XINGLIN_DICOM_PORT'])
  test(`a port in use stops the start and names ${setting}`, { timeout: 60_000 }, async () => {
    const [port = 0] = await freePorts(1)
    const other = createServer().listen(port, '127.0.0.1')
    after(() => other.close())

    const platform = await childPlatform({ [setting]: String(port) })

    equal(await platform.exited, 1)
    match(platform.output(), new RegExp(`does not start: .*${port}.*${setting}`))
  })

test('web, worker and listener run as three processes on one database', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-split-'))
  after(() => rm(folder, { recursive: true, force: true }))
  const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'silent' })
  const postgres = await startEmbeddedPostgres({ folder, log })
  const shared = {
    ...client,
    XINGLIN_DATABASE_URL: postgres.url,
    XINGLIN_OBJECTS_URL: `file://${folder}/objects`,
    XINGLIN_MASTER_KEY: 'ab'.repeat(32),
  }

  const parts = await Promise.all(
    ['web', 'worker', 'listener'].map((role) => childPlatform(shared, ['--roles', role])),
  )
  await Promise.all(parts.map((part) => part.ready()))

  const statuses = await Promise.all(
    parts.map(async (part) => (await fetch(`${part.baseUrl}/fhir/R4/metadata`)).status),
  )
  deepEqual(statuses, [200, 404, 404])
  const ends = await Promise.all(parts.map((part) => part.end('SIGTERM')))
  deepEqual(
    ends.map(({ code }) => code),
    [0, 0, 0],
  )
  await postgres.stop()
})

async function tokenFrom(baseUrl: string): Promise<{ authorization: string }> {
  const answer = await fetch(`${baseUrl}/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('interface-engine:a secret of this test').toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { access_token } = (await answer.json()) as { access_token: string }
  return { authorization: `Bearer ${access_token}` }
}
