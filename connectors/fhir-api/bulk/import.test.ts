/** `$import`: NDJSON into the record, each line once, refused lines told of with their place. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { sql } from '@xinglin/database'
import { testTenant } from '@xinglin/testkit'
import { clean } from './clean.ts'
import { openBulkDoor } from './testing/bulk-door.ts'

const elsewhere = createServer((request, response) => {
  const isMoved = request.url === '/moved.ndjson'
  response.writeHead(isMoved ? 302 : 200, isMoved ? { location: '/beds.ndjson' } : {})
  response.end('{"resourceType":"Location","id":"bed-1","status":"active"}\n')
})
elsewhere.listen(0, '127.0.0.1')
await once(elsewhere, 'listening')
after(() => elsewhere.close())
const files = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
const { ask, wait, kernel } = await openBulkDoor([files])

const ndjson = (...lines: readonly unknown[]) =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')

async function upload(text: string): Promise<string> {
  const { status, headers } = await ask('POST', 'bulk/files', { body: text, type: 'application/fhir+ndjson' })
  assert.equal(status, 201)
  return headers.location ?? ''
}

const manifest = (...inputs: readonly { url: string; type?: string }[]) => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'inputFormat', valueCode: 'application/fhir+ndjson' },
    ...inputs.map(({ url, type }) => ({
      name: 'input',
      part: [{ name: 'url', valueUrl: url }, ...(type ? [{ name: 'type', valueCode: type }] : [])],
    })),
  ],
})

test('a thousand resources in two files come in under their ids, whatever refers to what', async () => {
  const observations = Array.from({ length: 1_000 }, (_, number) => ({
    resourceType: 'Observation',
    id: `o${number}`,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
    subject: { reference: 'Patient/imported' },
  }))
  const [first, second] = [
    await upload(ndjson(...observations)),
    await upload(ndjson({ resourceType: 'Patient', id: 'imported', name: [{ family: '张' }] })),
  ]

  const answer = await wait('POST', '$import', {
    body: manifest({ url: first, type: 'Observation' }, { url: second }),
  })

  const told = JSON.parse(answer.text)
  assert.deepEqual([answer.status, told.written, told.outcome[0].count], [200, 1_001, 0])
  const found = await kernel.records.search(testTenant, 'Observation', [
    ['patient', 'imported'],
    ['_summary', 'count'],
  ])
  assert.equal(found.total, 1_000)
})

test('a line that is wrong is refused with its place and its outcome, the others are written', async () => {
  const url = await upload(
    ndjson(
      { resourceType: 'Patient', id: 'good-1' },
      '{"resourceType":"Patient","id":"broken"',
      '',
      { resourceType: 'Patient', id: 'bad', gender: 'lady' },
      { resourceType: 'Bed', id: 'x' },
      { resourceType: 'Patient', id: 'good-2' },
      { resourceType: 'Patient', name: [{ family: 'without id' }] },
    ),
  )

  const answer = await wait('POST', '$import', { body: manifest({ url }) })

  const told = JSON.parse(answer.text)
  assert.equal(told.written, 3)
  const refusals = (await ask('GET', told.outcome[0].url)).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    refusals.map(({ extension, issue }) => [
      extension[1].valueInteger,
      issue[0].details?.coding?.[0]?.code ?? issue[0].code,
      issue[0].expression?.[0],
    ]),
    [
      [2, 'web.json', undefined],
      [4, 'fhir.code', 'Patient.gender'],
      [5, 'bulk.no-resource', undefined],
    ],
  )
})

test('the same file imported again makes no new version', async () => {
  const url = await upload(ndjson({ resourceType: 'Patient', id: 'same', birthDate: '1970-01-01' }))

  await wait('POST', '$import', { body: manifest({ url }) })
  await wait('POST', '$import', { body: manifest({ url }) })

  const version = await kernel.records.read(testTenant, 'Patient', 'same')
  assert.equal(version?.version, 1)
})

test('lines of a type that the caller may not write are refused', async () => {
  const scopes = ['system/Patient.write']
  const body = ndjson(
    { resourceType: 'Patient', id: 'mine' },
    { resourceType: 'Organization', id: 'not-mine' },
  )
  const sent = await ask('POST', 'bulk/files', { body, type: 'application/fhir+ndjson', scopes })

  const answer = await wait('POST', '$import', {
    body: manifest({ url: sent.headers.location ?? '' }),
    scopes,
  })
  const named = await wait('POST', '$import', {
    body: manifest({ url: sent.headers.location ?? '', type: 'Organization' }),
    scopes,
  })

  const told = JSON.parse(answer.text)
  assert.deepEqual([told.written, told.outcome[0].count], [1, 1])
  assert.equal(named.status, 403)
})

for (const [what, body, status, code] of [
  ['of a file that nobody sent', manifest({ url: 'https://elsewhere.test/x.ndjson' }), 403, 'bulk.input'],
  ['without inputs', manifest(), 400, 'fhir-api.operation-value'],
] as const)
  test(`an import ${what} is refused`, async () => {
    const answer = await ask('POST', '$import', { body, headers: { prefer: 'respond-async' } })

    assert.equal(answer.status, status)
    assert.equal(JSON.parse(answer.text).issue[0].details.coding[0].code, code)
  })

test('an input is fetched from an origin that the installation names, and from nowhere that it points to', async () => {
  const fetched = await wait('POST', '$import', {
    body: manifest({ url: `${files}/beds.ndjson?key=secret` }),
  })
  const moved = await wait('POST', '$import', { body: manifest({ url: `${files}/moved.ndjson` }) })
  const otherPort = await wait('POST', '$import', {
    body: manifest({ url: 'http://127.0.0.1:1/beds.ndjson' }),
  })

  const told = JSON.parse(fetched.text)
  assert.deepEqual([told.written, told.input], [1, [{ url: `${files}/beds.ndjson` }]])
  assert.equal((await kernel.records.read(testTenant, 'Location', 'bed-1'))?.version, 1)
  assert.deepEqual([moved.status, otherPort.status], [422, 403])
})

test('a file that was sent is kept for a week, what was fetched from elsewhere for a day after its import', async () => {
  const sent = await upload(ndjson({ resourceType: 'Location', id: 'bed-2', status: 'active' }))
  await wait('POST', '$import', { body: manifest({ url: `${files}/beds.ndjson` }) })
  const fetched = async () => {
    const rows = await kernel.database.query(sql<{ object: string }>`
      select file ->> 'object' as object from bulk.import, jsonb_array_elements(inputs) as files (file)
      where file ->> 'url' = ${`${files}/beds.ndjson`} and file ? 'object'`)
    return rows.map(({ object }) => object)
  }
  const names = await fetched()

  kernel.runtime.advance(25 * 3_600_000)
  await clean(kernel)
  const afterADay = await wait('POST', '$import', { body: manifest({ url: sent }) })
  kernel.runtime.advance(6 * 24 * 3_600_000)
  await clean(kernel)
  const afterAWeek = await wait('POST', '$import', { body: manifest({ url: sent }) })

  assert.deepEqual([names.length > 0, await fetched()], [true, []])
  for (const name of names) assert.equal(await kernel.objects.passing.get(name), undefined)
  assert.deepEqual([afterADay.status, afterAWeek.status], [200, 403])
})
