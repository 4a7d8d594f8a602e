/**
 * FHIR R4 http.html §3.1.0.1.12 and §2.28: every refusal is an OperationOutcome, exact, and a refused write stands in the
 * journal. Longer than other files because it is a table: one row a refusal.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Asked, said, testDoor } from '../testing/door.ts'

const { ask, askAnonymously, kernel } = await testDoor({ limits: { bodyBytes: 200_000 } })

const patient = { resourceType: 'Patient' }
const deep = `${'{"extension":['.repeat(120)}1${']}'.repeat(120)}`
const bundle = (type: string, entry: unknown) => ({ resourceType: 'Bundle', type, entry })

type Refusal = readonly [method: string, path: string, asked: Asked, ...expected: readonly unknown[]]

const refusals: readonly Refusal[] = [
  [
    'GET',
    'Patiens/1',
    {},
    404,
    'not-found',
    'fhir-api.unknown-type',
    undefined,
    'FHIR R4 has no such resource type',
  ],
  [
    'POST',
    'Patiens',
    { body: patient },
    404,
    'not-found',
    'fhir-api.unknown-type',
    undefined,
    'FHIR R4 has no such resource type',
  ],
  [
    'GET',
    'Patient/1/2/3/4/5',
    {},
    404,
    'not-found',
    'fhir-api.no-such-path',
    undefined,
    'there is nothing at this address',
  ],
  [
    'GET',
    'Patient/a%20b',
    {},
    400,
    'invalid',
    'fhir-api.bad-id',
    'id',
    'a logical id has 1 to 64 of A-Z a-z 0-9 - .',
  ],
  [
    'POST',
    'Patient/1',
    {},
    405,
    'not-supported',
    'fhir-api.method',
    undefined,
    'POST cannot be used at this address; use GET, HEAD, PUT, PATCH, DELETE',
  ],
  [
    'PUT',
    '_history',
    { body: patient },
    405,
    'not-supported',
    'fhir-api.method',
    undefined,
    'PUT cannot be used at this address; use GET, HEAD',
  ],
  [
    'PUT',
    'Patient',
    { body: patient },
    405,
    'not-supported',
    'fhir-api.method',
    undefined,
    'PUT Patient needs an id or search parameters',
  ],
  [
    'GET',
    'Patient/1?_format=ttl',
    {},
    406,
    'not-supported',
    'fhir-api.not-acceptable',
    '_format',
    'this door answers FHIR R4 as JSON or XML: ask for application/fhir+json or application/fhir+xml',
  ],
  [
    'GET',
    'Patient/1',
    { headers: { accept: 'text/turtle' } },
    406,
    'not-supported',
    'fhir-api.not-acceptable',
    'accept',
    'this door answers FHIR R4 as JSON or XML: ask for application/fhir+json or application/fhir+xml',
  ],
  [
    'POST',
    'Patient',
    { body: '<Patient/>', headers: { 'content-type': 'text/html' } },
    415,
    'not-supported',
    'fhir-api.content-type',
    'content-type',
    'this door takes application/fhir+json or application/fhir+xml',
  ],
  [
    'POST',
    'Patient',
    { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'not-supported',
    'fhir-api.content-type',
    'content-type',
    'this door takes application/fhir+json or application/fhir+xml',
  ],
  [
    'POST',
    'Patient',
    { body: '{"resourceType":"Patient",}' },
    400,
    'invalid',
    'web.json',
    undefined,
    'the body is not valid JSON at character 26',
  ],
  [
    'POST',
    'Patient',
    { body: '[1,2]' },
    400,
    'invalid',
    'fhir-api.type-mismatch',
    'resourceType',
    'the body must be a resource of type Patient, as the address says',
  ],
  [
    'POST',
    'Patient',
    { body: 'null' },
    400,
    'invalid',
    'fhir-api.type-mismatch',
    'resourceType',
    'the body must be a resource of type Patient, as the address says',
  ],
  [
    'POST',
    'Patient',
    { body: { resourceType: 'Group' } },
    400,
    'invalid',
    'fhir-api.type-mismatch',
    'resourceType',
    'the body must be a resource of type Patient, as the address says',
  ],
  [
    'POST',
    'Patient',
    { body: deep },
    400,
    'invalid',
    'web.json-depth',
    undefined,
    'the JSON is nested deeper than 100 levels',
  ],
  [
    'POST',
    'Patient',
    { body: { ...patient, photo: [{ title: 'x'.repeat(300_000) }] } },
    413,
    'too-long',
    'web.body-too-large',
    undefined,
    'the body is larger than this address takes',
  ],
  [
    'POST',
    'Patient',
    { body: { ...patient, gender: 'm' } },
    400,
    'code-invalid',
    'fhir.code',
    'Patient.gender',
    'Patient.gender has a code outside its required value set: male, female, other, unknown',
  ],
  [
    'POST',
    'Patient',
    { body: { ...patient, birthDate: '2023-02-30' } },
    400,
    'value',
    'fhir.value',
    'Patient.birthDate',
    'Patient.birthDate is not a date that exists: YYYY, YYYY-MM or YYYY-MM-DD',
  ],
  [
    'POST',
    'Patient',
    { body: patient, headers: { 'if-none-exist': '', 'x-empty': '' } },
    201,
    undefined,
    undefined,
    undefined,
    undefined,
  ],
  [
    'POST',
    'Patient',
    { body: patient, headers: { 'if-none-exist': 'colour=red' } },
    400,
    'invalid',
    'search.unknown-parameter',
    'colour',
    'Patient has no search parameter colour; the CapabilityStatement lists those it has',
  ],
  [
    'POST',
    '',
    { body: patient },
    400,
    'invalid',
    'fhir-api.not-a-bundle',
    undefined,
    'the body must be a Bundle of type batch or transaction',
  ],
  [
    'POST',
    '',
    { body: bundle('collection', [{ resource: patient }]) },
    400,
    'invalid',
    'fhir-api.bundle-type',
    'Bundle.type',
    'only bundles of type batch and transaction can be sent here',
  ],
  [
    'POST',
    '',
    { body: bundle('transaction', [{ resource: patient }]) },
    400,
    'invalid',
    'fhir-api.entry-request',
    'Bundle.entry[0].request',
    'each entry must say its request',
  ],
  [
    'POST',
    '',
    { body: bundle('transaction', 'x') },
    400,
    'structure',
    'fhir.cardinality',
    'Bundle.entry',
    'Bundle.entry must be a list, because it may repeat',
  ],
  [
    'POST',
    '',
    { body: bundle('transaction', [{ request: { method: 'SEND', url: 'x' } }]) },
    400,
    'code-invalid',
    'fhir.code',
    'Bundle.entry[0].request.method',
    'Bundle.entry[0].request.method has a code outside its required value set: GET, HEAD, POST, PUT, DELETE, PATCH',
  ],
  [
    'GET',
    '_history?_count=0',
    {},
    400,
    'invalid',
    'fhir-api.count',
    '_count',
    '_count must be a whole number from 1',
  ],
  [
    'GET',
    '_history?_since=yesterday',
    {},
    400,
    'invalid',
    'fhir-api.since',
    '_since',
    '_since must be an instant with offset',
  ],
  [
    'GET',
    '_history?_sort=x',
    {},
    400,
    'invalid',
    'fhir-api.history-parameter',
    undefined,
    'history has no parameter _sort',
  ],
]

for (const [method, path, asked, ...expected] of refusals) {
  const [status, , code] = expected
  test(`${method} /${path.slice(0, 40)} is answered ${status} ${code ?? ''}`, async () => {
    assert.deepEqual(said(await ask(method, path, asked)), expected)
  })
}

test('405 names the methods that are allowed', async () => {
  assert.equal((await ask('DELETE', 'metadata')).headers.allow, 'GET, HEAD')
})

test('without credentials nothing of the record is told, nor written, nor journalled', async () => {
  const before = (await kernel.traffic.list({ tenant: kernel.actor.tenant, limit: 500 })).length

  const answers = [
    await askAnonymously('GET', 'Patient/1'),
    await askAnonymously('GET', 'Patient'),
    await askAnonymously('POST', 'Patient', { body: patient }),
    await askAnonymously('DELETE', 'Patient/1'),
  ]

  assert.deepEqual(
    answers.map((answer) => said(answer).slice(0, 3)),
    Array(4).fill([401, 'login', 'web.no-actor']),
  )
  assert.equal((await kernel.traffic.list({ tenant: kernel.actor.tenant, limit: 500 })).length, before)
})

test('a client may do what its scopes say; the refusal names what is missing and is journalled', async () => {
  const headers = await kernel.authorisation(['system/Observation.read'])

  const read = await ask('GET', 'Observation', { headers })
  const write = await ask('POST', 'Patient', { body: patient, headers })

  assert.deepEqual([read.status, said(write).slice(0, 3)], [200, [403, 'forbidden', 'identity.not-allowed']])
  const [newest] = await kernel.traffic.list({ tenant: kernel.actor.tenant, limit: 1 })
  assert.deepEqual(
    [newest?.subject, newest?.outcome, newest?.code],
    ['POST Patient', 'refused', 'identity.not-allowed'],
  )
})

test('an accepted write stands in the journal with its bytes and what it made', async () => {
  const body = '{ "resourceType": "Patient", "id": "j1" }'
  await ask('PUT', 'Patient/j1', { body, headers: { 'x-request-id': 'r-1' } })

  const { tenant } = kernel.actor
  const [newest] = await kernel.traffic.list({ tenant, limit: 1 })
  const kept = newest && (await kernel.traffic.read(tenant, newest.id))
  assert.deepEqual(
    [newest?.door, newest?.sender, newest?.subject, newest?.controlId, newest?.outcome, newest?.made],
    ['fhir', 'test-system-', 'PUT Patient/j1', 'r-1', 'accepted', ['Patient/j1/_history/1']],
  )
  assert.equal(Buffer.from(kept?.raw ?? []).toString(), body)
})

test('a refused write stands in the journal with code, reason and place, and nothing of it in the record', async () => {
  await ask('PUT', 'Patient/j2', { body: { ...patient, id: 'j2', gender: 'x' } })

  const [newest] = await kernel.traffic.list({ tenant: kernel.actor.tenant, limit: 1 })
  assert.deepEqual(
    [newest?.subject, newest?.outcome, newest?.code, newest?.at, newest?.made],
    ['PUT Patient/j2', 'refused', 'fhir.code', 'Patient.gender', []],
  )
  assert.equal((await ask('GET', 'Patient/j2')).status, 404)
})

test('a refused write that has become right is accepted when it is sent again from the journal', async () => {
  const visit = {
    resourceType: 'Encounter',
    status: 'finished',
    class: { code: 'AMB' },
    participant: [{ individual: { reference: 'Practitioner?identifier=late' } }],
  }
  await ask('POST', '', {
    body: bundle('transaction', [{ resource: visit, request: { method: 'POST', url: 'Encounter' } }]),
  })
  const { tenant } = kernel.actor
  const [refused] = await kernel.traffic.list({ tenant, limit: 1 })
  await ask('POST', 'Practitioner', {
    body: { resourceType: 'Practitioner', identifier: [{ value: 'late' }] },
  })

  const again = refused && (await kernel.traffic.resend(tenant, refused.id))

  assert.deepEqual(
    [refused?.code, again?.outcome, again?.made.length],
    ['fhir-api.reference-unmatched', 'accepted', 1],
  )
})

test('reads are not journalled', async () => {
  const { tenant } = kernel.actor
  const [before] = await kernel.traffic.list({ tenant, limit: 1 })
  await ask('GET', 'Patient')
  await ask('POST', 'Patient/_search', {
    body: '',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

  const [after] = await kernel.traffic.list({ tenant, limit: 1 })
  assert.equal(after?.id, before?.id)
})

test('writes that arrive together are answered and journalled each by itself', async () => {
  const put = (id: string, active: boolean) =>
    ask('PUT', `Patient/${id}`, { body: { ...patient, id, active } })

  const answers = await Promise.all([
    ...Array.from({ length: 12 }, (_, index) => put(`g${index}`, true)),
    put('g0', false),
    ask('PUT', 'Patient/g1', { body: { ...patient, id: 'g1', gender: 'x' } }),
    ask('PUT', 'Patient/g2', { body: { ...patient, id: 'g2' }, headers: { 'if-match': 'W/"9"' } }),
  ])

  // Which of two writes of the same resource comes first is nobody's promise.
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, ...Array(12).fill(201), 400, 412],
  )
  const journalled = await kernel.traffic.list({ tenant: kernel.actor.tenant, limit: answers.length })
  assert.deepEqual(
    journalled
      .filter(({ outcome }) => outcome === 'accepted')
      .map(({ subject, made }) => [subject, ...made])
      .sort(),
    [
      ...Array.from({ length: 12 }, (_, index) => [`PUT Patient/g${index}`, `Patient/g${index}/_history/1`]),
      ['PUT Patient/g0', 'Patient/g0/_history/2'],
    ].sort(),
  )
  assert.deepEqual(
    journalled
      .filter(({ outcome }) => outcome === 'refused')
      .map(({ code }) => code)
      .sort(),
    ['fhir.code', 'records.stale'],
  )
})
