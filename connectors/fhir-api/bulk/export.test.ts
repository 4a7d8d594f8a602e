/** Bulk Data Access 2.0: what was asked for comes out, as it stood at one instant, to whoever may have it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { sql } from '@xinglin/database'
import type { Resource } from '@xinglin/fhir'
import { clean } from './clean.ts'
import { openBulkDoor } from './testing/bulk-door.ts'

const { ask, wait, write, delete: remove, kernel } = await openBulkDoor()

type Manifest = {
  readonly transactionTime: string
  readonly request: string
  readonly requiresAccessToken: boolean
  readonly output: readonly { type: string; url: string; count: number }[]
  readonly deleted: readonly { type: string; url: string; count: number }[]
}

const patient = (id: string, family = 'Li') => ({ resourceType: 'Patient' as const, id, name: [{ family }] })
const observation = (id: string, of: string, status: 'final' | 'preliminary' = 'final') => ({
  resourceType: 'Observation' as const,
  ...{ id, status, code: { text: 'K' }, subject: { reference: `Patient/${of}` } },
})

await write(patient('p1'), patient('p2'), observation('o1', 'p1'), observation('o2', 'p2', 'preliminary'))
await write({ resourceType: 'Organization', id: 'org', name: 'Xinglin' })
await write({
  resourceType: 'Group',
  id: 'g1',
  type: 'person',
  actual: true,
  member: [{ entity: { reference: 'Patient/p2' } }],
})

async function filesOf(manifest: Manifest): Promise<readonly string[]> {
  const lines: string[] = []
  for (const { url, count } of manifest.output) {
    const { text, headers } = await ask('GET', url)
    assert.equal(headers['content-type'], 'application/fhir+ndjson')
    const resources = text.split('\n').filter((line) => line !== '')
    assert.equal(resources.length, count)
    lines.push(...resources.map((line) => referenceOf(JSON.parse(line))))
  }
  return lines.toSorted()
}

function referenceOf({ resourceType, id }: Resource): string {
  return `${resourceType}/${id}`
}

test('an export of everything names a file a type, complete, with the time at which the record stood so', async () => {
  const answer = await wait('GET', '$export?_type=Patient,Observation,Organization')
  const manifest: Manifest = JSON.parse(answer.text)

  assert.equal(answer.status, 200)
  assert.ok(Date.parse(answer.headers.expires ?? '') > Date.parse(kernel.runtime.now()))
  assert.equal(manifest.requiresAccessToken, true)
  assert.equal(
    manifest.request,
    'http://hospital.test/fhir/R4/$export?_type=Patient%2CObservation%2COrganization',
  )
  assert.deepEqual(
    manifest.output.map(({ type, count }) => [type, count]),
    [
      ['Patient', 2],
      ['Observation', 2],
      ['Organization', 1],
    ],
  )
  assert.deepEqual(await filesOf(manifest), [
    'Observation/o1',
    'Observation/o2',
    'Organization/org',
    'Patient/p1',
    'Patient/p2',
  ])
})

test('an export of patients leaves out what stands in nobody’s chart, one of a group everybody else', async () => {
  const ofAll: Manifest = JSON.parse((await wait('GET', 'Patient/$export')).text)
  const ofGroup: Manifest = JSON.parse((await wait('GET', 'Group/g1/$export')).text)

  // R4 has groups in the charts of their members.
  const inCharts = ['Group/g1', 'Observation/o1', 'Observation/o2', 'Patient/p1', 'Patient/p2']
  assert.deepEqual(await filesOf(ofAll), inCharts)
  assert.deepEqual(await filesOf(ofGroup), ['Group/g1', 'Observation/o2', 'Patient/p2'])
})

test('_typeFilter selects, _elements cuts and tags', async () => {
  const query = `_type=Observation&_typeFilter=${encodeURIComponent('Observation?status=preliminary')}&_elements=status`
  const manifest: Manifest = JSON.parse((await wait('GET', `$export?${query}`)).text)

  const [file] = manifest.output
  const line = JSON.parse((await ask('GET', file?.url ?? '')).text)
  assert.deepEqual(Object.keys(line).toSorted(), ['code', 'id', 'meta', 'resourceType', 'status'])
  assert.deepEqual([line.id, line.meta.tag[0].code], ['o2', 'SUBSETTED'])
})

test('since an instant only what changed comes, and what was deleted is named', async () => {
  await write(patient('gone'))
  kernel.runtime.advance(60_000)
  const since = kernel.runtime.now()
  kernel.runtime.advance(1_000)
  await write(patient('p1', 'Wang'), patient('p3'))
  await remove('Patient', 'gone')

  const manifest: Manifest = JSON.parse(
    (await wait('GET', `$export?_type=Patient&_since=${encodeURIComponent(since)}`)).text,
  )

  assert.deepEqual(await filesOf(manifest), ['Patient/p1', 'Patient/p3'])
  const [deleted] = manifest.deleted
  assert.deepEqual(JSON.parse((await ask('GET', deleted?.url ?? '')).text), {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ request: { method: 'DELETE', url: 'Patient/gone' } }],
  })
})

test('what is changed, made or deleted while an export runs is given as it stood at its instant', async () => {
  const begun = await ask('GET', '$export?_type=Patient', { headers: { prefer: 'respond-async' } })
  kernel.runtime.advance(1_000)
  await write(patient('p2', 'Zhao'), patient('late'))
  await remove('Patient', 'p3')

  let answer = await ask('GET', begun.headers['content-location'] ?? '')
  while (answer.status === 202) answer = await ask('GET', begun.headers['content-location'] ?? '')
  const [file] = (JSON.parse(answer.text) as Manifest).output
  const lines = (await ask('GET', file?.url ?? '')).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

  assert.deepEqual(
    lines.map(({ id, name }) => [id, name[0].family]),
    [
      ['p1', 'Wang'],
      ['p2', 'Li'],
      ['p3', 'Li'],
    ],
  )
})

test('another client sees nothing of it, and nobody exports a type that he may not search', async () => {
  const begun = await ask('GET', '$export?_type=Patient,Observation', {
    headers: { prefer: 'respond-async' },
  })
  const address = begun.headers['content-location'] ?? ''
  let answer = await ask('GET', address)
  while (answer.status === 202) answer = await ask('GET', address)
  const manifest: Manifest = JSON.parse(answer.text)

  const another = await ask('GET', manifest.output[1]?.url ?? '', { scopes: ['system/Patient.read'] })
  const refused = await wait('GET', '$export?_type=Observation', { scopes: ['system/Patient.read'] })

  assert.equal(another.status, 404)
  assert.equal(refused.status, 403)
})

test('a cancelled export is gone', async () => {
  const begun = await ask('GET', '$export', { headers: { prefer: 'respond-async' } })
  const address = begun.headers['content-location'] ?? ''

  assert.equal((await ask('DELETE', address)).status, 202)
  assert.equal((await ask('GET', address)).status, 404)
})

for (const [what, path, headers, expected] of [
  ['without respond-async', '$export', {}, 'bulk.not-async'],
  ['in another format', '$export?_outputFormat=csv', { prefer: 'respond-async' }, 'fhir-api.operation-value'],
  ['of a type that R4 has not', '$export?_type=Bed', { prefer: 'respond-async' }, 'fhir-api.operation-value'],
  ['since a day', '$export?_since=2026-11-22', { prefer: 'respond-async' }, 'fhir-api.operation-value'],
  ['of no group', 'Group/none/$export', { prefer: 'respond-async' }, 'bulk.no-group'],
  [
    'with an unknown parameter',
    '$export?_all=1',
    { prefer: 'respond-async' },
    'fhir-api.operation-parameter',
  ],
  [
    'of organizations of patients',
    'Patient/$export?_type=Organization',
    { prefer: 'respond-async' },
    'fhir-api.operation-value',
  ],
] as const)
  test(`an export ${what} is refused`, async () => {
    const { status, text } = await ask('GET', path, { headers })

    assert.equal(status, 400)
    assert.equal(JSON.parse(text).issue[0].details.coding[0].code, expected)
  })

test('_until shows the record as it stood then; files come compressed where that is asked for', async () => {
  const until = kernel.runtime.now()
  kernel.runtime.advance(60_000)
  await write(patient('admitted-later'))

  const manifest: Manifest = JSON.parse(
    (await wait('GET', `$export?_type=Organization&_until=${encodeURIComponent(until)}`)).text,
  )
  const later: Manifest = JSON.parse(
    (await wait('GET', `$export?_type=Patient&_until=${encodeURIComponent(until)}`)).text,
  )
  const plain = await ask('GET', manifest.output[0]?.url ?? '')
  const address = (manifest.output[0]?.url ?? '').replace('http://hospital.test', '')
  const small = await kernel.web.http.inject({
    url: address,
    headers: { ...(await kernel.authorisation()), 'accept-encoding': 'gzip' },
  })

  assert.equal(manifest.transactionTime, until)
  assert.equal((await filesOf(later)).includes('Patient/admitted-later'), false)
  assert.equal(small.headers['content-encoding'], 'gzip')
  assert.equal(gunzipSync(small.rawPayload).toString(), plain.text)
})

test('a day after its end the bytes of an export are gone, those of a later one are not', async () => {
  const before = new Set(await storedFiles())
  await wait('GET', '$export?_type=Patient')
  const [first] = (await storedFiles()).filter((name) => !before.has(name))
  kernel.runtime.advance(23 * 3_600_000)
  const second: Manifest = JSON.parse((await wait('GET', '$export?_type=Patient')).text)
  kernel.runtime.advance(2 * 3_600_000)

  await clean(kernel)

  assert.equal(await kernel.objects.passing.get(first ?? ''), undefined)
  assert.equal((await storedFiles()).length, 1)
  assert.equal((await ask('GET', second.output[0]?.url ?? '')).status, 200)
})

async function storedFiles(): Promise<readonly string[]> {
  const rows = await kernel.database.query(sql<{ object: string }>`select object from bulk.export_file`)
  return rows.map(({ object }) => object)
}
