/** R4 resource-operation-meta, resource-operation-meta-add, resource-operation-meta-delete. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { testTenant } from '@xinglin/testkit'
import { headersOf, said, testDoor } from '../testing/door.ts'

const { ask, kernel } = await testDoor()
const lastUpdated = '2026-03-02T08:00:00.000+08:00'
const study = { system: 'urn:labels', code: 'study-1' }
const other = { system: 'urn:labels', code: 'study-2' }
/** A label that hides nothing from anybody. */
const normal = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N' }
const parameters = (valueMeta: object) => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'meta', valueMeta }],
})
const returned = (valueMeta: object) => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'return', valueMeta }],
})
const put = (id: string, meta?: object) =>
  ask('PUT', `Patient/${id}`, { body: { resourceType: 'Patient', id, ...(meta ? { meta } : {}) } })

test('$meta of a resource answers its meta', async () => {
  await put('a', { tag: [study] })

  const { status, body } = await ask('GET', 'Patient/a/$meta')

  assert.deepEqual([status, body], [200, returned({ versionId: '1', lastUpdated, tag: [study] })])
})

test('$meta-add adds what is not there yet, as a new version that the journal knows', async () => {
  await put('b', { tag: [study] })

  const answer = await ask('POST', 'Patient/b/$meta-add', {
    body: parameters({ tag: [{ ...study, display: 'again' }, other], security: [normal] }),
  })

  assert.deepEqual(
    answer.body,
    returned({ versionId: '2', lastUpdated, security: [normal], tag: [study, other] }),
  )
  assert.deepEqual(headersOf(answer, 'etag'), ['W/"2"'])
  assert.deepEqual((await ask('GET', 'Patient/b')).body, {
    resourceType: 'Patient',
    id: 'b',
    meta: { versionId: '2', lastUpdated, security: [normal], tag: [study, other] },
  })
  const journalled = await kernel.database.query(
    sql`
      select outcome
      from traffic.message
      join traffic.settlement on settlement.message = message.id
      where subject = 'POST Patient/b/$meta-add'`,
  )
  assert.deepEqual(journalled, [{ outcome: 'accepted' }])
})

test('$meta-delete takes labels away by system and code; what is not there changes nothing', async () => {
  await put('c', { tag: [study, other], profile: ['http://example.org/one'] })

  const first = await ask('POST', 'Patient/c/$meta-delete', {
    body: parameters({ tag: [study], profile: ['http://example.org/one'] }),
  })
  const second = await ask('POST', 'Patient/c/$meta-delete', { body: parameters({ tag: [study] }) })

  assert.deepEqual(first.body, returned({ versionId: '2', lastUpdated, tag: [other] }))
  assert.deepEqual(second.body, first.body)
})

test('two that label one resource at the same time both succeed, and both labels stand', async () => {
  await put('d')

  const answers = await Promise.all(
    [study, other].map((tag) => ask('POST', 'Patient/d/$meta-add', { body: parameters({ tag: [tag] }) })),
  )

  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  )
  const { meta } = (await ask('GET', 'Patient/d')).body as { meta: { tag: readonly { code: string }[] } }
  assert.deepEqual(meta.tag.map(({ code }) => code).toSorted(), ['study-1', 'study-2'])
})

test('$meta of a type and of the system answers each label in use once', async () => {
  const group = { resourceType: 'Group', id: 'g', type: 'person', actual: true }
  await ask('PUT', 'Group/g', { body: { ...group, meta: { tag: [study] } } })
  await ask('PUT', 'Group/h', { body: { ...group, id: 'h', meta: { tag: [study], security: [normal] } } })

  const ofType = await ask('GET', 'Group/$meta')
  const ofNothing = await ask('GET', 'Basic/$meta')
  const ofAll = await ask('GET', '$meta')

  assert.deepEqual(ofType.body, returned({ security: [normal], tag: [study] }))
  assert.deepEqual(ofNothing.body, { resourceType: 'Parameters' })
  assert.deepEqual(ofAll.body, returned({ security: [normal], tag: [study, other] }))
})

test('what cannot be labelled is refused, and If-Match is kept', async () => {
  await put('e')
  const tag = parameters({ tag: [study] })
  const refusals = [
    await ask('POST', 'Patient/nobody/$meta-add', { body: tag }),
    await ask('POST', 'Patient/e/$meta-add', { body: parameters({}) }),
    await ask('POST', 'Patient/e/$meta-add', { body: parameters({ tag: [{ code: 7 }] }) }),
    await ask('POST', 'Patient/e/$meta-add', { body: tag, headers: { 'if-match': 'W/"4"' } }),
    await ask('GET', 'Patient/e/$meta-add'),
  ].map((answer) => said(answer).slice(0, 3))

  assert.deepEqual(refusals, [
    [404, 'not-found', 'fhir-api.not-found'],
    [400, 'invalid', 'fhir-api.operation-meta'],
    [400, 'value', 'fhir.value'],
    [412, 'conflict', 'records.stale'],
    [405, 'not-supported', 'fhir-api.method'],
  ])
})

test('a refused call stands in the journal and is not processed again by its button', async () => {
  await ask('POST', 'Patient/nobody/$meta-delete', { body: parameters({ tag: [study] }) })

  const refused = await kernel.traffic.list({ tenant: testTenant, outcome: 'refused', limit: 50 })
  const message = refused.find(({ subject }) => subject === 'POST Patient/nobody/$meta-delete')
  assert.ok(message)
  await assert.rejects(
    kernel.traffic.resend(testTenant, message.id),
    /this request cannot be processed again/,
  )
})

test('who may read only cannot label', async () => {
  const reader = await testDoor({ scopes: ['system/Patient.rs'] })
  const own = reader.kernel.identity.systemActor('fixture', testTenant)
  await reader.kernel.identity
    .recordsFor(own)
    .commit((unit) => unit.write([{ kind: 'create', resource: { resourceType: 'Patient' }, id: 'f' }]))

  const labelled = await reader.ask('POST', 'Patient/f/$meta-add', { body: parameters({ tag: [study] }) })
  const system = await reader.ask('GET', '$meta')

  assert.deepEqual(
    [labelled, system].map((answer) => said(answer).slice(0, 3)),
    [
      [403, 'forbidden', 'identity.not-allowed'],
      [403, 'forbidden', 'identity.not-allowed'],
    ],
  )
})
