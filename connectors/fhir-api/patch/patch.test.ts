/** http.html §3.1.0.8 patch and RFC 6902: each operation, all or nothing, with the conditions of an update. */
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
    [415, 'not-supported', 'fhir-api.content-type', 'content-type'],
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
