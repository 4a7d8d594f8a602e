/** http.html §3.1.0.12 history by moment, and §3.1.0.7.1, §3.1.0.9: conditions on updating and deleting, HEAD. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseUrl, headersOf, said, testDoor } from '../testing/door.ts'

const { ask, kernel } = await testDoor()
const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more })

test('§3.1.0.12 _at tells what was current at a moment or during a period', async () => {
  await ask('PUT', 'Patient/a1', { body: patient('a1') })
  kernel.runtime.advance(60_000)
  await ask('PUT', 'Patient/a1', { body: patient('a1', { active: true }) })
  kernel.runtime.advance(60_000)
  await ask('DELETE', 'Patient/a1')
  await ask('PUT', 'Patient/a2', { body: patient('a2') })
  const at = async (path: string, moment: string) => {
    const { body } = await ask('GET', `${path}?_at=${encodeURIComponent(moment)}`)
    const { entry = [] } = body as {
      entry?: readonly { fullUrl: string; response: { etag: string } }[]
    }
    return entry.map(({ fullUrl, response }) => fullUrl.slice(baseUrl.length + 1) + response.etag)
  }

  const found = [
    await at('Patient/a1/_history', '2026-03-02T07:59:59+08:00'),
    await at('Patient/a1/_history', '2026-03-02T08:00:30+08:00'),
    await at('Patient/a1/_history', '2026-03-02T00:01:00.000Z'),
    await at('Patient/a1/_history', '2026-03-02T08:00'),
    await at('Patient/_history', '2026-03-02T08:01:30+08:00'),
    await at('Patient/a1/_history', '2026-03-02'),
    await at('_history', '2026-03-03'),
  ]

  assert.deepEqual(found, [
    [],
    ['Patient/a1W/"1"'],
    ['Patient/a1W/"2"'],
    ['Patient/a1W/"1"'],
    ['Patient/a1W/"2"'],
    ['Patient/a1W/"3"', 'Patient/a1W/"2"', 'Patient/a1W/"1"'],
    ['Patient/a2W/"1"', 'Patient/a1W/"3"'],
  ])
  assert.deepEqual(said(await ask('GET', 'Patient/_history?_at=yesterday')), [
    400,
    'invalid',
    'records.history-at',
    '_at',
    '_at must be a date, dateTime or instant',
  ])
})

test('§3.1.0.9 a delete with If-Match on another version is 412 and deletes nothing', async () => {
  await ask('PUT', 'Patient/d1', { body: patient('d1') })

  const other = await ask('DELETE', 'Patient/d1', { headers: { 'if-match': 'W/"4"' } })
  const still = await ask('GET', 'Patient/d1')
  const right = await ask('DELETE', 'Patient/d1', { headers: { 'if-match': 'W/"1"' } })

  assert.deepEqual([other.status, still.status, right.status], [412, 200, 204])
})

test('§3.1.0.7.1 a conditional update takes an id only where the match has it, or where nothing matches', async () => {
  const identifier = [{ system: 'urn:mrn', value: 'u' }]
  const updated = (body: object) => ask('PUT', 'Patient?identifier=urn:mrn|u', { body })

  const made = await updated(patient('u1', { identifier }))
  const same = await updated(patient('u1', { identifier, active: true }))
  const other = await updated(patient('u2', { identifier, active: false }))

  assert.deepEqual(
    [made.status, made.headers.location, same.status, same.headers.etag],
    [201, `${baseUrl}/Patient/u1/_history/1`, 200, 'W/"2"'],
  )
  assert.deepEqual(said(other).slice(0, 4), [400, 'invalid', 'fhir-api.id-mismatch', 'Patient.id'])
  assert.equal((await ask('GET', 'Patient/u1')).headers.etag, 'W/"2"')
})

test('§3.1.0.9.1 a conditional delete that several match is 412 and deletes none', async () => {
  for (const id of ['t1', 't2'])
    await ask('PUT', `Patient/${id}`, {
      body: patient(id, { identifier: [{ system: 'urn:mrn', value: 'twin' }] }),
    })

  const refused = await ask('DELETE', 'Patient?identifier=urn:mrn|twin')

  assert.deepEqual(said(refused).slice(0, 3), [412, 'multiple-matches', 'fhir-api.several-matches'])
  assert.equal((await ask('GET', 'Patient/t1')).status, 200)
})

test('HEAD answers as GET does, without the body', async () => {
  await ask('PUT', 'Patient/e1', { body: patient('e1') })
  const paths = ['Patient/e1', 'Patient/e1/_history/1', 'Patient/e1/_history', 'Patient?_id=e1', 'metadata']

  for (const path of paths) {
    const [got, head] = [await ask('GET', path), await ask('HEAD', path)]
    assert.deepEqual(
      [head.status, head.text, ...headersOf(head, 'etag', 'last-modified', 'content-type')],
      [got.status, '', ...headersOf(got, 'etag', 'last-modified', 'content-type')],
      path,
    )
  }
})

test('§3.1.0.7.1 a conditional update that finds nothing does not take the id of another resource', async () => {
  await ask('PUT', 'Patient/taken', { body: { resourceType: 'Patient', id: 'taken' } })

  const answer = await ask('PUT', 'Patient?identifier=urn:mrn|nobody', {
    body: { resourceType: 'Patient', id: 'taken', identifier: [{ system: 'urn:mrn', value: 'nobody' }] },
  })

  assert.deepEqual(said(answer), [
    409,
    'conflict',
    'fhir-api.id-in-use',
    'Patient.id',
    'the condition finds nothing, yet a resource with the id in the body is there already',
  ])
})

test('RFC 9110 §13.1.2: a tag is compared weakly, one of a list is enough, and a star is any version', async () => {
  await ask('PUT', 'Patient/tagged', { body: { resourceType: 'Patient', id: 'tagged' } })
  const statusFor = async (tag: string) =>
    (await ask('GET', 'Patient/tagged', { headers: { 'if-none-match': tag } })).status

  assert.deepEqual(
    [await statusFor('"1"'), await statusFor('W/"7", W/"1"'), await statusFor('*'), await statusFor('W/"2"')],
    [304, 304, 304, 200],
  )
})

test('§3.1.0.3 a read may ask for a part of the resource', async () => {
  await ask('PUT', 'Patient/part', {
    body: {
      resourceType: 'Patient',
      id: 'part',
      active: true,
      name: [{ family: 'Verma' }],
      photo: [{ title: 'x' }],
    },
  })

  const elements = await ask('GET', 'Patient/part?_elements=name')
  const summary = await ask('GET', 'Patient/part?_summary=true')
  const refused = await ask('GET', 'Patient/part?_summary=some')

  assert.deepEqual(
    [elements, summary].map(({ body }) => Object.keys(body as object)),
    [
      ['resourceType', 'id', 'meta', 'name'],
      ['resourceType', 'id', 'meta', 'active', 'name'],
    ],
  )
  assert.deepEqual(said(refused).slice(0, 4), [400, 'invalid', 'fhir-api.bad-shape', '_summary'])
})

test('§2.24.0.1 the precision of a decimal is kept, whichever way it comes, is changed beside or is shown', async () => {
  const text = (value: string, more = '') =>
    `{"resourceType":"Observation","id":"precise","status":"final","code":{"text":"x"},"valueQuantity":{"value":${value}}${more}}`
  const valueIn = ({ text: json }: { text: string }) => /"value": ?([^,}\s]+)/.exec(json)?.[1]
  const written = await ask('PUT', 'Observation/precise', { body: text('1.50') })
  const read = await ask('GET', 'Observation/precise')
  const pretty = await ask('GET', 'Observation/precise?_pretty=true')
  const part = await ask('GET', 'Observation/precise?_elements=value')
  const xml = await ask('GET', 'Observation/precise?_format=xml')
  const found = await ask('GET', 'Observation?_id=precise&value-quantity=1.50')
  const patched = await ask('PATCH', 'Observation/precise', {
    body: [{ op: 'replace', path: '/status', value: 'amended' }],
    headers: { 'content-type': 'application/json-patch+json' },
  })
  const back = await ask('PUT', 'Observation/precise', {
    body: xml.text,
    headers: { 'content-type': 'application/fhir+xml' },
  })
  const bundle = await ask('POST', '', {
    body: `{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:d831ec91-c7a3-4a61-9312-7ff0c4a32134","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}},{"resource":${text('0.010', ',"subject":{"reference":"urn:uuid:d831ec91-c7a3-4a61-9312-7ff0c4a32134"}')},"request":{"method":"PUT","url":"Observation/precise"}}]}`,
  })
  const transacted = await ask('GET', 'Observation/precise')
  const finer = await ask('PUT', 'Observation/precise', { body: transacted.text.replace('0.010', '0.0100') })

  assert.deepEqual([written, read, pretty, part, found, patched, back, transacted, finer].map(valueIn), [
    '1.50',
    '1.50',
    '1.50',
    '1.50',
    '1.50',
    '1.50',
    '1.50',
    '0.010',
    '0.0100',
  ])
  assert.match(xml.text, /<value value="1.50"\/>/)
  assert.deepEqual([bundle.status, finer.headers.etag], [200, 'W/"5"'])
})
