/** http.html §3.1.0.8 patch, RFC 6902 and fhirpatch.html: each operation, all or nothing, with the conditions of an update. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { said, testDoor } from '../testing/door.ts'
import { applyPatch, readPatch } from './json-patch.ts'

const { ask, kernel } = await testDoor()
const headers = { 'content-type': 'application/json-patch+json' }
const patched = (path: string, body: unknown, more: Readonly<Record<string, string>> = {}) =>
  ask('PATCH', path, { body, headers: { ...headers, ...more } })
const aPatient = async (id: string) => {
  const name = [{ family: 'Verma', given: ['Asha'] }]
  await ask('PUT', `Patient/${id}`, { body: { resourceType: 'Patient', id, active: true, name } })
}

test('a patch makes a new version of what it names, and the journal knows it', async () => {
  await aPatient('p1')

  const answer = await patched('Patient/p1', [
    { op: 'test', path: '/active', value: true },
    { op: 'replace', path: '/name/0/family', value: 'Wang' },
    { op: 'add', path: '/name/0/given/-', value: 'Li' },
    { op: 'add', path: '/gender', value: 'female' },
    { op: 'remove', path: '/active' },
  ])

  assert.deepEqual(
    [answer.status, answer.headers.etag, answer.body],
    [
      200,
      'W/"2"',
      {
        resourceType: 'Patient',
        id: 'p1',
        meta: { versionId: '2', lastUpdated: kernel.runtime.now() },
        name: [{ family: 'Wang', given: ['Asha', 'Li'] }],
        gender: 'female',
      },
    ],
  )
  const [message] = await kernel.traffic.list({ tenant: kernel.actor.tenant, limit: 1 })
  assert.deepEqual(
    [message?.subject, message?.outcome, message?.made],
    ['PATCH Patient/p1', 'accepted', ['Patient/p1/_history/2']],
  )
})

test('what cannot be patched is refused by the place of its operation and leaves the resource as it was', async () => {
  await aPatient('p2')
  const one = (operation: object) => patched('Patient/p2', [operation])

  const refusals = [
    await one({ op: 'test', path: '/active', value: false }),
    await one({ op: 'remove', path: '/birthDate' }),
    await one({ op: 'add', path: '/name/7', value: {} }),
    await one({ op: 'add', path: '/contact/0/gender', value: 'male' }),
    await one({ op: 'add', path: '/__proto__/x', value: 1 }),
    await one({ op: 'grow', path: '/active' }),
    await one({ op: 'add', path: 'active', value: 1 }),
    await one({ op: 'replace', path: '/id', value: 'other' }),
    await one({ op: 'replace', path: '/gender', value: 'x' }),
    await one({ op: 'add', path: '/gender', value: 'x' }),
    await patched('Patient/p2', { op: 'remove', path: '/active' }),
    await patched('Patient/p2', [{ op: 'remove', path: '/active' }], { 'if-match': 'W/"7"' }),
    await patched('Patient/nobody', [{ op: 'remove', path: '/active' }]),
    await ask('PATCH', 'Patient/p2', { body: { resourceType: 'Patient', id: 'p2' } }),
  ].map((answer) => said(answer).slice(0, 4))

  assert.deepEqual(refusals, [
    [422, 'processing', 'fhir-api.patch-failed', '/0'],
    [422, 'processing', 'fhir-api.patch-failed', '/0'],
    [422, 'processing', 'fhir-api.patch-failed', '/0'],
    [422, 'processing', 'fhir-api.patch-failed', '/0'],
    [422, 'processing', 'fhir-api.patch-failed', '/0'],
    [400, 'invalid', 'fhir-api.bad-patch', '/0'],
    [400, 'invalid', 'fhir-api.bad-patch', '/0'],
    [400, 'invalid', 'fhir-api.patch-identity', 'Patient'],
    [422, 'processing', 'fhir-api.patch-failed', '/0'],
    [400, 'code-invalid', 'fhir.code', 'Patient.gender'],
    [400, 'invalid', 'fhir-api.bad-patch', undefined],
    [412, 'conflict', 'records.stale', 'Patient'],
    [404, 'not-found', 'fhir-api.not-found', 'Patient'],
    [400, 'invalid', 'fhir.bad-patch', 'Parameters'],
  ])
  assert.deepEqual((await ask('GET', 'Patient/p2')).headers.etag, 'W/"1"')
})

test('§3.1.0.8.1 a search names the one resource to patch; none is 404, several are 412', async () => {
  const identifier = (value: string) => [{ system: 'urn:mrn', value }]
  for (const [id, value] of [
    ['c1', 'one'],
    ['c2', 'two'],
    ['c3', 'two'],
  ] as const)
    await ask('PUT', `Patient/${id}`, {
      body: { resourceType: 'Patient', id, identifier: identifier(value) },
    })
  const activate = (value: string) =>
    patched(`Patient?identifier=urn:mrn|${value}`, [{ op: 'add', path: '/active', value: true }])

  const answers = [await activate('one'), await activate('none'), await activate('two')]

  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 404, 412],
  )
})

test('three patches of one resource at once all come through, one after the other', async () => {
  await aPatient('p3')

  const answers = await Promise.all(
    ['official', 'usual', 'old'].map((use) =>
      patched('Patient/p3', [{ op: 'add', path: '/name/-', value: { use, family: 'Verma' } }]),
    ),
  )

  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  )
  assert.equal((await ask('GET', 'Patient/p3')).headers.etag, 'W/"4"')
})

test('RFC 6902 appendix A: move and copy in objects and lists, escaped names, null values, the whole document', () => {
  const cases: readonly (readonly [document: unknown, patch: unknown, result: unknown])[] = [
    [
      { foo: { bar: 'baz' }, qux: {} },
      [{ op: 'move', from: '/foo/bar', path: '/qux/thud' }],
      { foo: {}, qux: { thud: 'baz' } },
    ],
    [
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      { foo: [1] },
      [
        { op: 'copy', from: '/foo', path: '/bar' },
        { op: 'add', path: '/bar/0', value: 0 },
      ],
      { foo: [1], bar: [0, 1] },
    ],
    [
      { '/': 9, '~1': 10 },
      [
        { op: 'test', path: '/~01', value: 10 },
        { op: 'remove', path: '/~1' },
      ],
      { '~1': 10 },
    ],
    [{ foo: 1 }, [{ op: 'add', path: '/foo', value: null }], { foo: null }],
    [{ foo: 1 }, [{ op: 'replace', path: '', value: [2] }], [2]],
  ]

  const results = cases.map(([document, operations]) => applyPatch(document, readPatch(operations)))

  assert.deepEqual(
    results,
    cases.map(([, , result]) => result),
  )
})

const fhirPathPatch = (...operations: readonly (readonly object[])[]) => ({
  resourceType: 'Parameters',
  parameter: operations.map((part) => ({ name: 'operation', part })),
})
const replaced = (path: string, value: object) => [
  { name: 'type', valueCode: 'replace' },
  { name: 'path', valueString: path },
  { name: 'value', ...value },
]

test('a FHIRPath Patch makes a new version too, under the conditions of an update', async () => {
  await aPatient('f1')
  const patch = fhirPathPatch(replaced('Patient.name[0].family', { valueString: 'Wang' }))

  const answer = await ask('PATCH', 'Patient/f1', { body: patch })
  const stale = await ask('PATCH', 'Patient/f1', { body: patch, headers: { 'if-match': 'W/"1"' } })
  const failed = await ask('PATCH', 'Patient/f1', {
    body: fhirPathPatch(replaced('Patient.gender', { valueCode: 'male' })),
  })
  const otherId = await ask('PATCH', 'Patient/f1', {
    body: fhirPathPatch(replaced('Patient.id', { valueId: 'f2' })),
  })

  assert.deepEqual(
    [answer.status, answer.headers.etag, (answer.body as { name: object }).name],
    [200, 'W/"2"', [{ family: 'Wang', given: ['Asha'] }]],
  )
  assert.deepEqual(
    [stale, failed, otherId].map((refused) => said(refused).slice(0, 4)),
    [
      [412, 'conflict', 'records.stale', 'Patient'],
      [422, 'processing', 'fhir.patch-failed', 'Parameters.parameter[0]'],
      [400, 'invalid', 'fhir-api.patch-identity', 'Patient'],
    ],
  )
})

test('$diff of two versions, sent as a patch, makes the later of the earlier', async () => {
  await aPatient('f3')
  await ask('PUT', 'Patient/f3', {
    body: { resourceType: 'Patient', id: 'f3', gender: 'female', name: [{ text: 'Asha' }, { text: 'A.' }] },
  })
  const diff = (await ask('GET', 'Patient/f3/$diff')).body
  await aPatient('f3')

  const answer = await ask('PATCH', 'Patient/f3', { body: diff })

  const { meta: _, ...rest } = answer.body as { meta: object }
  assert.deepEqual(rest, {
    resourceType: 'Patient',
    id: 'f3',
    name: [{ text: 'Asha' }, { text: 'A.' }],
    gender: 'female',
  })
})

test('the form of a patch is that of its media type', async () => {
  await aPatient('f4')

  const answers = [
    await patched('Patient/f4', fhirPathPatch()),
    await ask('PATCH', 'Patient/f4', { body: [{ op: 'remove', path: '/active' }] }),
    await ask('PATCH', 'Patient/f4', {
      body: 'x',
      headers: { 'content-type': 'application/merge-patch+json' },
    }),
  ]

  assert.deepEqual(
    answers.map((answer) => said(answer).slice(0, 4)),
    [
      [400, 'invalid', 'fhir-api.bad-patch', undefined],
      [400, 'invalid', 'fhir.bad-patch', 'Parameters'],
      [415, 'not-supported', 'fhir-api.content-type', 'content-type'],
    ],
  )
})

const binary = (operations: unknown, contentType = 'application/json-patch+json') => ({
  resourceType: 'Binary',
  contentType,
  data: Buffer.from(JSON.stringify(operations)).toString('base64'),
})
const bundleOf = (type: string, ...entry: readonly object[]) =>
  ask('POST', '', { body: { resourceType: 'Bundle', type, entry } })
const statuses = ({ body }: { body: unknown }) =>
  (body as { entry: { response: { status: string; etag?: string } }[] }).entry.map(({ response }) => [
    response.status,
    response.etag,
  ])
const patchEntry = (url: string, resource: object, more: object = {}) => ({
  resource,
  request: { method: 'PATCH', url, ...more },
})

test('§3.1.0.11 patches stand in a transaction: as Binary or Parameters, by id or by condition, all or nothing', async () => {
  await aPatient('t1')
  await ask('PUT', 'Patient/t2', {
    body: { resourceType: 'Patient', id: 't2', identifier: [{ system: 'urn:mrn', value: 't2' }] },
  })
  await ask('PUT', 'Observation/t3', {
    body: { resourceType: 'Observation', id: 't3', status: 'preliminary', code: { text: 'x' } },
  })
  const refer = {
    op: 'add',
    path: '/subject',
    value: { reference: 'urn:uuid:6f9b6f4e-5c37-4f57-8a0e-0d5c0b6f9f10' },
  }
  const made = {
    fullUrl: 'urn:uuid:6f9b6f4e-5c37-4f57-8a0e-0d5c0b6f9f10',
    resource: { resourceType: 'Patient', id: 'ignored' },
    request: { method: 'POST', url: 'Patient' },
  }

  const answer = await bundleOf(
    'transaction',
    patchEntry('Patient/t1', binary([{ op: 'replace', path: '/active', value: false }]), {
      ifMatch: 'W/"1"',
    }),
    patchEntry(
      'Patient?identifier=urn:mrn|t2',
      fhirPathPatch([
        { name: 'type', valueCode: 'add' },
        { name: 'path', valueString: 'Patient' },
        { name: 'name', valueString: 'active' },
        { name: 'value', valueBoolean: true },
      ]),
    ),
    patchEntry('Observation/t3', binary([refer])),
    made,
  )
  const refused = await bundleOf(
    'transaction',
    patchEntry('Patient/t1', binary([{ op: 'replace', path: '/active', value: true }])),
    patchEntry('Patient/t2', binary([{ op: 'remove', path: '/gender' }])),
  )
  const twice = await bundleOf(
    'transaction',
    patchEntry('Patient/t1', binary([{ op: 'remove', path: '/active' }])),
    patchEntry('Patient/t1', binary([{ op: 'remove', path: '/name' }])),
  )

  assert.deepEqual(statuses(answer), [
    ['200', 'W/"2"'],
    ['200', 'W/"2"'],
    ['200', 'W/"2"'],
    ['201', 'W/"1"'],
  ])
  const { subject } = (await ask('GET', 'Observation/t3')).body as { subject: { reference: string } }
  assert.equal((await ask('GET', subject.reference)).status, 200)
  assert.deepEqual(
    [refused, twice].map((each) => said(each).slice(0, 4)),
    [
      [422, 'processing', 'fhir-api.patch-failed', 'Bundle.entry[1].resource.data/0'],
      [400, 'invalid', 'fhir-api.same-resource-twice', 'Bundle.entry[1].resource'],
    ],
  )
  assert.equal(((await ask('GET', 'Patient/t1')).body as { active: boolean }).active, false)
})

test('in a batch a patch that fails fails alone and says where', async () => {
  await aPatient('b1')

  const answer = await bundleOf(
    'batch',
    patchEntry('Patient/b1', binary([{ op: 'remove', path: '/active' }])),
    patchEntry('Patient/nobody', binary([{ op: 'remove', path: '/active' }])),
    patchEntry('Patient/b1', binary([], 'text/plain')),
    patchEntry('Patient/b1', { resourceType: 'Patient' }),
    patchEntry('Patient', fhirPathPatch()),
  )

  const entries = (answer.body as { entry: { response: { status: string; outcome?: object } }[] }).entry
  assert.deepEqual(
    entries.map(({ response }) =>
      said({ ...answer, status: Number(response.status), body: response.outcome }).slice(0, 4),
    ),
    [
      [200, undefined, undefined, undefined],
      [404, 'not-found', 'fhir-api.not-found', 'Bundle.entry[1]'],
      [400, 'invalid', 'fhir-api.bad-patch', 'Bundle.entry[2].resource.contentType'],
      [400, 'invalid', 'fhir.bad-patch', 'Bundle.entry[3].resource'],
      [405, 'not-supported', 'fhir-api.method', 'Bundle.entry[4]'],
    ],
  )
})

test('a refused patch that has become right is done when it is sent again from the journal', async () => {
  const patch = [{ op: 'add', path: '/gender', value: 'female' }]
  await patched('Patient/late', patch)
  const { tenant } = kernel.actor
  const [refused] = await kernel.traffic.list({ tenant, limit: 1 })
  await aPatient('late')

  const again = refused && (await kernel.traffic.resend(tenant, refused.id))

  assert.deepEqual(
    [refused?.subject, refused?.code, again?.outcome, again?.made],
    ['PATCH Patient/late', 'fhir-api.not-found', 'accepted', ['Patient/late/_history/2']],
  )
})
