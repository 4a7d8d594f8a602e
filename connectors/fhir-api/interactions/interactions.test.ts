/** FHIR R4 http.html §3.1.0.3–§3.1.0.12: each interaction with one resource, whole answers compared. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseUrl, headersOf, said, testDoor } from '../testing/door.ts'

const { ask, kernel } = await testDoor()

const lastUpdated = '2026-03-02T08:00:00.000+08:00'
const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more })
const stored = (id: string, versionId: string, more: object = {}) => ({
  resourceType: 'Patient',
  id,
  meta: { versionId, lastUpdated },
  ...more,
})

test('§3.1.0.8 create answers 201 with the resource, its address, version and time', async () => {
  const answer = await ask('POST', 'Patient', { body: { resourceType: 'Patient', gender: 'female' } })

  const { id } = answer.body as { id: string }
  assert.equal(answer.status, 201)
  assert.equal(answer.text, JSON.stringify(stored(id, '1', { gender: 'female' })))
  assert.deepEqual(headersOf(answer, 'location', 'etag', 'last-modified', 'content-type'), [
    `${baseUrl}/Patient/${id}/_history/1`,
    'W/"1"',
    'Mon, 02 Mar 2026 00:00:00 GMT',
    'application/fhir+json; charset=utf-8',
  ])
})

test('§3.1.0.8 create ignores an id that the client proposes', async () => {
  const { body } = await ask('POST', 'Patient', { body: patient('proposed') })

  assert.notEqual((body as { id: string }).id, 'proposed')
})

test('§3.1.0.8.1 conditional create makes nothing where one is there, refuses where several are', async () => {
  const body = { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: 'c1' }] }
  const headers = { 'if-none-exist': 'identifier=urn:mrn|c1' }

  const first = await ask('POST', 'Patient', { body, headers })
  const second = await ask('POST', 'Patient', { body, headers })
  await ask('POST', 'Patient', { body })
  const third = await ask('POST', 'Patient', { body, headers })

  assert.deepEqual([first.status, second.status], [201, 200])
  assert.equal(second.text, first.text)
  assert.deepEqual(said(third), [
    412,
    'multiple-matches',
    'fhir-api.several-matches',
    'Patient',
    'the condition on Patient matches several resources; make it name one',
  ])
})

test('§3.1.0.8.1 two conditional creates at the same moment make one resource', async () => {
  const body = { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: 'race' }] }
  const headers = { 'if-none-exist': 'identifier=urn:mrn|race' }

  const answers = await Promise.all(
    Array.from({ length: 6 }, () => ask('POST', 'Patient', { body, headers })),
  )

  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 201])
})

test('§3.1.0.6.2 Prefer chooses what comes back', async () => {
  const body = { resourceType: 'Basic', code: { text: 'x' } }
  const prefer = (value: string) => ask('POST', 'Basic', { body, headers: { prefer: value } })

  const minimal = await prefer('return=minimal')
  const outcome = await prefer('return=OperationOutcome')
  const representation = await prefer('return=representation')

  assert.deepEqual([minimal.status, minimal.text], [201, ''])
  assert.deepEqual(outcome.body, {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'information', code: 'informational', diagnostics: 'done' }],
  })
  assert.equal((representation.body as { resourceType: string }).resourceType, 'Basic')
})

test('§3.1.0.3 read gives the bytes that were stored; 304 to who has them; 404 and 410 otherwise', async () => {
  await ask('PUT', 'Patient/r1', { body: patient('r1') })
  await ask('PUT', 'Patient/r2', { body: patient('r2') })
  await ask('DELETE', 'Patient/r2')

  const answer = await ask('GET', 'Patient/r1')
  const byTag = await ask('GET', 'Patient/r1', { headers: { 'if-none-match': 'W/"1"' } })
  const byTime = await ask('GET', 'Patient/r1', {
    headers: { 'if-modified-since': 'Mon, 02 Mar 2026 00:00:00 GMT' },
  })
  const head = await ask('HEAD', 'Patient/r1')

  assert.deepEqual([answer.status, answer.text], [200, JSON.stringify(stored('r1', '1'))])
  assert.deepEqual([byTag.status, byTag.text, byTime.status], [304, '', 304])
  assert.deepEqual([head.status, head.text, ...headersOf(head, 'etag')], [200, '', 'W/"1"'])
  assert.deepEqual(said(await ask('GET', 'Patient/none')), [
    404,
    'not-found',
    'fhir-api.not-found',
    undefined,
    'there is no such Patient',
  ])
  assert.deepEqual(said(await ask('GET', 'Patient/r2')), [
    410,
    'deleted',
    'fhir-api.deleted',
    undefined,
    'this Patient was deleted; its history is still there',
  ])
})

test('§3.1.0.4 vread gives each version, also of a deleted resource', async () => {
  await ask('PUT', 'Patient/v1', { body: patient('v1') })
  await ask('PUT', 'Patient/v1', { body: patient('v1', { active: true }) })
  await ask('DELETE', 'Patient/v1')

  const answers = await Promise.all(
    ['1', '2', '3', '4', '0', 'x'].map((version) => ask('GET', `Patient/v1/_history/${version}`)),
  )

  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 410, 404, 404, 404],
  )
  assert.equal(answers[1]?.text, JSON.stringify(stored('v1', '2', { active: true })))
})

test('§3.1.0.7 update creates under the given id, then makes versions; the same content makes none', async () => {
  const first = await ask('PUT', 'Patient/u1', { body: patient('u1') })
  const second = await ask('PUT', 'Patient/u1', { body: patient('u1', { active: true }) })
  const same = await ask('PUT', 'Patient/u1', { body: patient('u1', { active: true }) })

  assert.deepEqual(
    [first, second, same].map((answer) => [answer.status, ...headersOf(answer, 'etag', 'location')]),
    [
      [201, 'W/"1"', `${baseUrl}/Patient/u1/_history/1`],
      [200, 'W/"2"', `${baseUrl}/Patient/u1/_history/2`],
      [200, 'W/"2"', `${baseUrl}/Patient/u1/_history/2`],
    ],
  )
})

test('§3.1.0.7 an update with If-Match on another version is 412 and changes nothing', async () => {
  await ask('PUT', 'Patient/m1', { body: patient('m1') })

  const stale = await ask('PUT', 'Patient/m1', {
    body: patient('m1', { active: true }),
    headers: { 'if-match': 'W/"7"' },
  })
  const right = await ask('PUT', 'Patient/m1', {
    body: patient('m1', { active: false }),
    headers: { 'if-match': 'W/"1"' },
  })
  const wrong = await ask('PUT', 'Patient/m1', { body: patient('m1'), headers: { 'if-match': 'seven' } })

  assert.deepEqual([stale.status, right.status, headersOf(right, 'etag')[0]], [412, 200, 'W/"2"'])
  assert.deepEqual(said(wrong), [
    400,
    'invalid',
    'fhir-api.if-match',
    'if-match',
    'If-Match must be a version as an ETag, for example W/"3"',
  ])
})

test('§3.1.0.7 the id of an update stands in address and resource', async () => {
  const sentence = 'the id in the resource must be the id in the address'
  assert.deepEqual(said(await ask('PUT', 'Patient/a', { body: patient('b') })), [
    400,
    'invalid',
    'fhir-api.id-mismatch',
    'Patient.id',
    sentence,
  ])
  assert.deepEqual(said(await ask('PUT', 'Patient/a', { body: { resourceType: 'Patient' } })), [
    400,
    'invalid',
    'fhir-api.id-mismatch',
    'Patient.id',
    sentence,
  ])
})

test('§3.1.0.7.1 conditional update changes the one match, or creates', async () => {
  const body = { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: 'cu' }] }
  const path = 'Patient?identifier=urn:mrn|cu'

  const made = await ask('PUT', path, { body })
  const changed = await ask('PUT', path, { body: { ...body, active: true } })

  assert.deepEqual([made.status, changed.status, headersOf(changed, 'etag')[0]], [201, 200, 'W/"2"'])
  assert.equal((changed.body as { id: string }).id, (made.body as { id: string }).id)
})

test('§3.1.0.9 delete answers 204, again and again; conditional delete takes the one match', async () => {
  await ask('PUT', 'Patient/d1', { body: patient('d1') })
  await ask('PUT', 'Patient/d2', { body: patient('d2', { identifier: [{ value: 'd2' }] }) })

  const answers = [
    await ask('DELETE', 'Patient/d1'),
    await ask('DELETE', 'Patient/d1'),
    await ask('DELETE', 'Patient?identifier=d2'),
    await ask('DELETE', 'Patient?identifier=d2'),
  ]

  assert.deepEqual(
    answers.map(({ status, text }) => [status, text]),
    Array(4).fill([204, '']),
  )
  assert.equal((await ask('GET', 'Patient/d2')).status, 410)
})

test('§3.1.0.12 history of an instance tells every version and the request that made it, newest first', async () => {
  await ask('PUT', 'Patient/h1', { body: patient('h1') })
  await ask('PUT', 'Patient/h1', { body: patient('h1', { active: true }) })
  await ask('DELETE', 'Patient/h1')

  const { body } = await ask('GET', 'Patient/h1/_history')

  const entry = (versionId: string, method: string, url: string, status: string, resource?: object) => ({
    fullUrl: `${baseUrl}/Patient/h1`,
    ...(resource ? { resource } : {}),
    request: { method, url },
    response: { status, etag: `W/"${versionId}"`, lastModified: lastUpdated },
  })
  assert.deepEqual(body, {
    resourceType: 'Bundle',
    type: 'history',
    link: [{ relation: 'self', url: `${baseUrl}/Patient/h1/_history` }],
    entry: [
      entry('3', 'DELETE', 'Patient/h1', '204'),
      entry('2', 'PUT', 'Patient/h1', '200', stored('h1', '2', { active: true })),
      entry('1', 'POST', 'Patient', '201', stored('h1', '1')),
    ],
  })
})

test('§3.1.0.12 history of a type and of everything is read by pages that follow one another', async () => {
  const texts: string[] = []
  let path: string | undefined = 'Patient/_history?_count=5'
  while (path) {
    const { body } = await ask('GET', path)
    const page = body as { link: { relation: string; url: string }[]; entry: object[] }
    texts.push(...page.entry.map((entry) => JSON.stringify(entry)))
    path = page.link.find(({ relation }) => relation === 'next')?.url.slice(baseUrl.length + 1)
  }
  const all = (await ask('GET', 'Patient/_history?_count=1000')).body as { entry: object[] }
  const system = (await ask('GET', '_history?_count=1000')).body as { entry: object[] }

  assert.deepEqual(
    texts,
    all.entry.map((entry) => JSON.stringify(entry)),
  )
  assert.ok(system.entry.length > all.entry.length)
})

test('§3.1.0.12 history since an instant leaves out what was before', async () => {
  kernel.runtime.advance(60_000)
  await ask('PUT', 'Patient/s1', { body: patient('s1') })

  const { body } = await ask('GET', '_history?_since=2026-03-02T08:00:30%2B08:00')

  assert.deepEqual(
    (body as { entry: { fullUrl: string }[] }).entry.map(({ fullUrl }) => fullUrl),
    [`${baseUrl}/Patient/s1`],
  )
  kernel.runtime.advance(-60_000)
})

test('§3.1.0.2 capabilities promise what the door does, and anyone may read them', async () => {
  const { body, status } = await ask('GET', 'metadata')
  const statement = body as {
    fhirVersion: string
    rest: { resource: { type: string; interaction: { code: string }[]; searchParam: object[] }[] }[]
  }

  const observation = statement.rest[0]?.resource.find(({ type }) => type === 'Observation')
  assert.deepEqual([status, statement.fhirVersion, statement.rest[0]?.resource.length], [200, '4.0.1', 146])
  assert.deepEqual(
    observation?.interaction.map(({ code }) => code),
    [
      'read',
      'vread',
      'create',
      'update',
      'patch',
      'delete',
      'history-instance',
      'history-type',
      'search-type',
    ],
  )
  assert.deepEqual(observation?.searchParam.slice(0, 2), [
    { name: '_id', type: 'token', documentation: ':missing :not' },
    { name: '_lastUpdated', type: 'date', documentation: ':missing' },
  ])
})

test('the capability statement is itself a valid resource', async () => {
  const { validate } = await import('@xinglin/fhir/validate')

  assert.deepEqual(validate((await ask('GET', 'metadata')).body), [])
})
