/** Platforms on a primary with a streaming standby: what is written on one process is read at once on the other. */

import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startPair } from '@xinglin/database/testing'
import { childPlatform } from './testing/child-platform.ts'

const client = { XINGLIN_BOOTSTRAP_CLIENT: 'interface-engine:a secret of this test' }
const written = 100

test('two processes share a primary and its standby', { timeout: 120_000 }, async (platforms) => {
  const pair = await startPair(await mkdtemp(join(tmpdir(), 'xinglin-standby-')))
  const environment = {
    ...client,
    XINGLIN_DATABASE_URL: pair.primaryUrl,
    XINGLIN_MASTER_KEY: 'ab'.repeat(32),
  }
  const writing = await childPlatform(environment)
  await writing.ready()
  const reading = await childPlatform({ ...environment, XINGLIN_DATABASE_READ_URLS: pair.standbyUrl })
  await reading.ready()
  // After the platforms have ended, which their own cleaning up sees to.
  after(() => pair.stop())
  const headers = { ...(await tokenFrom(writing.baseUrl)), 'content-type': 'application/fhir+json' }
  const put = async (id: string) => {
    const body = JSON.stringify({ resourceType: 'Patient', id, name: [{ text: id }] })
    const answer = await fetch(`${writing.baseUrl}/fhir/R4/Patient/${id}`, { method: 'PUT', headers, body })
    equal(answer.status, 201)
  }
  const statuses = async (id: string) => {
    const read = await fetch(`${reading.baseUrl}/fhir/R4/Patient/${id}`, { headers })
    const search = await fetch(`${reading.baseUrl}/fhir/R4/Patient?_id=${id}&name=${id}`, { headers })
    const { entry = [] } = (await search.json()) as { entry?: readonly unknown[] }
    return [read.status, entry.length]
  }
  const measure = async (name: string) => {
    const metrics = await (await fetch(`${reading.baseUrl}/metrics`)).text()
    return Number(new RegExp(`^xinglin_database_replica_${name}\\{.*\\} (\\d+)$`, 'm').exec(metrics)?.[1])
  }
  const partOfReplicas = async () => {
    const answer = await fetch(`${reading.baseUrl}/health/ready`)
    const { parts } = (await answer.json()) as { parts: Readonly<Record<string, string>> }
    return [answer.status, parts.replicas] as const
  }
  const untilUsed = async (used: number) => {
    for (let tries = 0; (await measure('used')) !== used && tries < 200; tries += 1) await pause(50)
    equal(await measure('used'), used)
  }
  /** One look at the health serves a quarter of a second. */
  const untilTold = async (words: RegExp) => {
    for (let tries = 0; !words.test((await partOfReplicas())[1] ?? '') && tries < 50; tries += 1)
      await pause(50)
    const [status, told] = await partOfReplicas()
    equal(status, 200)
    match(told ?? '', words)
  }

  await platforms.test('what one has written the other reads at once, on the standby', async () => {
    await untilUsed(1)
    for (let each = 0; each < written; each += 1) {
      await put(`new-${each}`)
      deepEqual(await statuses(`new-${each}`), [200, 1])
    }
    ok((await measure('reads')) > 0)
    deepEqual(await partOfReplicas(), [200, 'ok'])
  })

  await platforms.test('a standby that stands still is told of and not read from', async () => {
    await pair.administer('select pg_wal_replay_pause()')
    await put('while-paused')
    deepEqual(await statuses('while-paused'), [200, 1])
    await untilUsed(0)
    await untilTold(/^1 of 1 left out: \S+ behind$/)
    await pair.administer('select pg_wal_replay_resume()')
    await untilUsed(1)
  })

  await platforms.test('a standby that dies is told of, and nobody notices otherwise', async () => {
    const stopping = pair.stopStandby()
    for (let each = 0; each < written; each += 1) deepEqual(await statuses(`new-${each}`), [200, 1])
    await stopping
    await untilUsed(0)
    await untilTold(/^1 of 1 left out: \S+ unreachable$/)
  })
})

async function tokenFrom(baseUrl: string): Promise<{ readonly authorization: string }> {
  const [id, secret] = client.XINGLIN_BOOTSTRAP_CLIENT.split(':')
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: id ?? '',
    client_secret: secret ?? '',
  })
  const answer = await fetch(`${baseUrl}/oauth2/token`, { method: 'POST', body })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return { authorization: `Bearer ${token}` }
}
