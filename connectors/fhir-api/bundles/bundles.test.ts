/** FHIR R4 http.html §3.1.0.11 batch and transaction: order, rewriting, all or nothing, and what each entry is answered. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { type Answered, baseUrl, said, testDoor } from '../testing/door.ts'

const { ask, kernel } = await testDoor()
const lastModified = '2026-03-02T08:00:00.000+08:00'

type Entry = {
  fullUrl?: string
  resource?: object
  request: { method: string; url: string; [condition: string]: string }
}
const send = (type: 'batch' | 'transaction', entry: readonly Entry[], headers = {}) =>
  ask('POST', '', { body: { resourceType: 'Bundle', type, entry }, headers })
const responses = ({ body }: Answered) =>
  (body as { entry: { response: { status: string; location?: string }; resource?: object }[] }).entry
const places = (answer: Answered) =>
  responses(answer).map(({ response }) =>
    response.location?.replace(`${baseUrl}/`, '').replace(/\/_history.*/, ''),
  )
const post = (fullUrl: string, resource: { resourceType: string }): Entry => ({
  fullUrl,
  resource,
  request: { method: 'POST', url: resource.resourceType },
})
const read = async (path: string) => (await ask('GET', path)).body as Record<string, unknown>

test('§3.1.0.11.2 references by urn:uuid become the new identities, wherever they stand in the bundle', async () => {
  const answer = await send('transaction', [
    post('urn:uuid:2', {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'urn:uuid:1' },
    } as { resourceType: string }),
    post('urn:uuid:1', { resourceType: 'Patient' }),
  ])

  const [observation = '', patient = ''] = places(answer)
  assert.equal(answer.status, 200)
  assert.deepEqual(
    responses(answer).map(({ response }) => ({ ...response, location: undefined })),
    Array(2).fill({ status: '201', location: undefined, etag: 'W/"1"', lastModified }),
  )
  assert.deepEqual((await read(observation)).subject, { reference: patient })
})

test('§3.1.0.11.2 deletes come first, then creates, updates, reads; answers keep the order of the bundle', async () => {
  await ask('PUT', 'Patient/o1', { body: { resourceType: 'Patient', id: 'o1' } })
  await ask('PUT', 'Patient/o2', { body: { resourceType: 'Patient', id: 'o2', active: false } })

  const answer = await send('transaction', [
    { request: { method: 'GET', url: 'Patient/o2' } },
    {
      resource: { resourceType: 'Patient', id: 'o2', active: true },
      request: { method: 'PUT', url: 'Patient/o2' },
    },
    { request: { method: 'GET', url: 'Patient?_id=o1' } },
    { request: { method: 'DELETE', url: 'Patient/o1' } },
  ])

  const [updated, changed, searched, deleted] = responses(answer)
  assert.deepEqual(
    [updated?.response.status, changed?.response.status, searched?.response.status, deleted?.response.status],
    ['200', '200', '200', '204'],
  )
  assert.equal((updated?.resource as { active?: boolean } | undefined)?.active, true)
  assert.equal((searched?.resource as { entry?: unknown } | undefined)?.entry, undefined)
})

test('§3.1.0.11.2 a conditional reference becomes the one resource that it finds', async () => {
  const identifier = [{ system: 'urn:license', value: '42' }]
  await ask('PUT', 'Practitioner/dr42', { body: { resourceType: 'Practitioner', id: 'dr42', identifier } })
  const visit = (reference: string) =>
    post('urn:uuid:e', {
      resourceType: 'Encounter',
      status: 'finished',
      class: { code: 'AMB' },
      participant: [{ individual: { reference } }],
    } as { resourceType: string })

  const found = await send('transaction', [visit('Practitioner?identifier=urn:license|42')])
  const missing = await send('transaction', [visit('Practitioner?identifier=urn:license|43')])

  assert.deepEqual((await read(places(found)[0] ?? '')).participant, [
    { individual: { reference: 'Practitioner/dr42' } },
  ])
  assert.deepEqual(said(missing), [
    400,
    'invalid',
    'fhir-api.reference-unmatched',
    'Bundle.entry[0].resource',
    'a conditional reference to Practitioner matches nothing; send that resource first',
  ])
})

test('§3.1.0.11.2 If-None-Exist in a bundle gives others the identity of what is there', async () => {
  const identifier = [{ system: 'urn:mrn', value: 't1' }]
  const entries = () => [
    {
      fullUrl: 'urn:uuid:p',
      resource: { resourceType: 'Patient', identifier },
      request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:mrn|t1' },
    },
    post('urn:uuid:o', {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'urn:uuid:p' },
    } as { resourceType: string }),
  ]

  const first = await send('transaction', entries())
  const second = await send('transaction', entries())

  assert.deepEqual(
    responses(second).map(({ response }) => response.status),
    ['200', '201'],
  )
  assert.equal(places(second)[0], places(first)[0])
  assert.deepEqual((await read(places(second)[1] ?? '')).subject, { reference: places(first)[0] })
})

test('§3.1.0.11.2 one wrong entry and nothing of the transaction is there', async () => {
  const answer = await send('transaction', [
    { resource: { resourceType: 'Patient', id: 'all' }, request: { method: 'PUT', url: 'Patient/all' } },
    post('urn:uuid:1', { resourceType: 'Observation' }),
  ])

  const { issue } = answer.body as { issue: { expression: string[] }[] }
  assert.deepEqual(
    [answer.status, issue.map(({ expression }) => expression[0])],
    [400, ['Bundle.entry[1].resource.status', 'Bundle.entry[1].resource.code']],
  )
  assert.equal((await ask('GET', 'Patient/all')).status, 404)
})

test('§3.1.0.11.2 two entries that write the same resource are refused', async () => {
  const put = {
    resource: { resourceType: 'Patient', id: 'twice' },
    request: { method: 'PUT', url: 'Patient/twice' },
  }

  assert.deepEqual(said(await send('transaction', [put, put])), [
    400,
    'invalid',
    'fhir-api.same-resource-twice',
    'Bundle.entry[1].resource',
    'two entries of the transaction write the same resource; leave one',
  ])
})

test('§3.1.0.11.1 in a batch each entry stands for itself', async () => {
  const answer = await send('batch', [
    { resource: { resourceType: 'Patient', id: 'b1' }, request: { method: 'PUT', url: 'Patient/b1' } },
    { resource: { resourceType: 'Patient', wrong: 1 }, request: { method: 'POST', url: 'Patient' } },
    { request: { method: 'GET', url: 'Patient/none' } },
    { request: { method: 'GET', url: 'Nothing/1' } },
    { request: { method: 'DELETE', url: 'Patient/b0' } },
    { request: { method: 'PATCH', url: 'Patient/b1' } },
  ])

  assert.equal(answer.status, 200)
  assert.deepEqual(
    responses(answer).map(({ response }) => response.status),
    ['201', '400', '404', '404', '404', '400'],
  )
  assert.equal((await ask('GET', 'Patient/b1')).status, 200)
})

test('§3.1.0.6.2 Prefer return=representation puts the resources into the answer', async () => {
  const answer = await send('transaction', [post('urn:uuid:1', { resourceType: 'Patient' })], {
    prefer: 'return=representation',
  })

  assert.equal(
    (responses(answer)[0]?.resource as { resourceType?: string } | undefined)?.resourceType,
    'Patient',
  )
})

test('an empty transaction is answered by an empty Bundle', async () => {
  const { status, body } = await ask('POST', '', { body: { resourceType: 'Bundle', type: 'transaction' } })

  assert.deepEqual(
    [status, { ...(body as object), id: undefined }],
    [200, { resourceType: 'Bundle', type: 'transaction-response', id: undefined }],
  )
})

const synthea = new URL('../../../../shared/data/synthea/', import.meta.url)
const skip = existsSync(synthea) ? false : 'the Synthea bundles are not beside the repository'

test('Synthea bundles load whole, and none of their references is left dangling', { skip }, async () => {
  const names = readdirSync(synthea).sort(
    (a, b) => Number(/Information/.test(b)) - Number(/Information/.test(a)),
  )
  let sent = 0
  for (const name of names.slice(0, 4)) {
    const text = readFileSync(new URL(name, synthea), 'utf8')
    const answer = await ask('POST', '', { body: text })
    assert.equal(answer.status, 200, answer.text.slice(0, 300))
    sent += JSON.parse(text).entry.length
    assert.equal(responses(answer).length, JSON.parse(text).entry.length)
  }

  const [left] = await kernel.database.query(sql<{ resources: number; urns: number; conditions: number }>`
    select
      count(*) as resources,
      count(*) filter (where content ~ '"reference":"urn:') as urns,
      count(*) filter (where content ~ '"reference":"[A-Za-z]+[?]') as conditions
    from records.current
    where not deleted`)
  assert.ok(Number(left?.resources) >= sent)
  assert.deepEqual([Number(left?.urns), Number(left?.conditions)], [0, 0])
})
