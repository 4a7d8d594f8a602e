/** An import and an export go on after the platform was killed in the middle of them: nothing lost, nothing twice. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fetchToken, startPlatform } from '@xinglin/client'

const patients = 100
const observations = 12_000
/** Every so many lines one says nothing of its status, which the record refuses. */
const linesPerRefusal = 500
const importKills = 3
const drillLimitMs = 5 * 60_000

test('12,100 lines come in once each though the platform is killed three times, and go out once each though it is killed again', {
  timeout: drillLimitMs,
}, async () => {
  const platform = await startPlatform({ environment: { XINGLIN_LOG_LEVEL: 'warn' } })
  after(() => platform.stop())
  const { value: token } = await fetchToken(platform.baseUrl, platform.client)
  const door = { baseUrl: platform.baseUrl, token }
  const url = await upload(door)
  const input = { name: 'input', part: [{ name: 'url', valueUrl: url }] }
  const importing = await ask(door, 'POST', '/fhir/R4/$import', {
    body: JSON.stringify({ resourceType: 'Parameters', parameter: [input] }),
  })
  for (let kill = 0; kill < importKills; kill++) {
    await pause(200 + Math.random() * 600)
    await platform.kill()
    await platform.start()
    await untilMoved(door, importing.place)
  }
  const imported = (await untilDone(door, importing.place)) as Imported

  const exporting = await ask(door, 'POST', '/fhir/R4/$export?_type=Patient,Observation')
  // The export waits a second for others to commit; then it reads.
  await pause(1_000 + Math.random() * 500)
  await platform.kill()
  await platform.start()
  const { output } = (await untilDone(door, exporting.place)) as Exported
  const lines: string[] = []
  for (const file of output) lines.push(...(await linesOf(door, file.url)))

  const [refused] = imported.outcome
  const refusals = await linesOf(door, refused?.url ?? '')
  assert.deepEqual(
    [imported.written, refused?.count],
    [patients + observations - expectedRefusals().length, expectedRefusals().length],
  )
  assert.deepEqual(refusals.map(lineOf), expectedRefusals())
  const versions = lines.map((line) => JSON.parse(line) as { id: string; meta: { versionId: string } })
  assert.deepEqual(
    versions.map(({ id, meta }) => `${id} ${meta.versionId}`).sort(),
    expectedIds()
      .map((id) => `${id} 1`)
      .sort(),
  )
})

type Door = { readonly baseUrl: string; readonly token: string }
type Imported = { readonly written: number; readonly outcome: readonly Counted[] }
type Counted = { readonly url: string; readonly count: number }
type Exported = { readonly output: readonly { readonly url: string }[] }

const isRefused = (index: number) => index % linesPerRefusal === 0

function expectedRefusals(): readonly number[] {
  return Array.from({ length: observations }, (_, index) => index)
    .filter(isRefused)
    .map((index) => index + 1)
}

function lineOf(outcome: string): number | undefined {
  const { extension } = JSON.parse(outcome) as { extension: { url: string; valueInteger: number }[] }
  return extension.find(({ url }) => url === 'urn:xinglin:bulk:line')?.valueInteger
}

function expectedIds(): readonly string[] {
  return [
    ...Array.from({ length: observations }, (_, index) => index)
      .filter((index) => !isRefused(index))
      .map((index) => `o${index}`),
    ...Array.from({ length: patients }, (_, index) => `p${index}`),
  ]
}

/** Observations first: what they refer to comes later. */
function* ndjson(): Generator<string> {
  const code = { coding: [{ system: 'http://loinc.org', code: '2823-3' }] }
  for (let index = 0; index < observations; index++) {
    const subject = { reference: `Patient/p${index % patients}` }
    const status = isRefused(index) ? undefined : 'final'
    yield `${JSON.stringify({ resourceType: 'Observation', id: `o${index}`, status, code, subject })}\n`
  }
  for (let index = 0; index < patients; index++)
    yield `${JSON.stringify({ resourceType: 'Patient', id: `p${index}`, name: [{ family: '张' }] })}\n`
}

async function upload(door: Door): Promise<string> {
  const { answer } = await ask(door, 'POST', '/fhir/R4/bulk/files', {
    body: [...ndjson()].join(''),
    type: 'application/fhir+ndjson',
  })
  return answer.headers.get('location') ?? ''
}

async function linesOf(door: Door, url: string): Promise<readonly string[]> {
  return (await (await ask(door, 'GET', url)).answer.text()).trim().split('\n')
}

type Sent = { readonly body?: string; readonly type?: string }

/** As the machine client; `place` is where the work is asked for. Throws where it is refused. */
async function ask(
  { baseUrl, token }: Door,
  method: string,
  path: string,
  { body, type = 'application/fhir+json' }: Sent = {},
): Promise<{ readonly answer: Response; readonly place: string }> {
  const answer = await fetch(new URL(path, baseUrl), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      prefer: 'respond-async',
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  })
  if (!answer.ok) throw new Error(`${path} was answered by HTTP ${answer.status} ${await answer.text()}`)
  return { answer, place: answer.headers.get('content-location') ?? '' }
}

/** Settles when the work has gone on after a start, or has ended. */
async function untilMoved(door: Door, place: string): Promise<void> {
  const progress = async () => (await ask(door, 'GET', place)).answer.headers.get('x-progress')
  const before = await progress()
  for (let now = before; now !== null && now === before; now = await progress()) await pause(100)
}

async function untilDone(door: Door, place: string): Promise<unknown> {
  for (;;) {
    const { answer } = await ask(door, 'GET', place)
    if (answer.status === 200) return answer.json()
    await answer.body?.cancel()
    await pause(200)
  }
}
