/** FHIR R4 http.html §3.1.0.10 and search.html §3.1.1.5: the searchset Bundle, its links and its total. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseUrl, said, testDoor } from '../testing/door.ts'

const { ask } = await testDoor()
const lastUpdated = '2026-03-02T08:00:00.000+08:00'
const meta = { versionId: '1', lastUpdated }
const bed = (id: string, name: string) => ({ resourceType: 'Location', id, name })
for (const id of ['l1', 'l2', 'l3']) await ask('PUT', `Location/${id}`, { body: bed(id, `Ward ${id}`) })
await ask('PUT', 'Patient/p1', { body: { resourceType: 'Patient', id: 'p1', name: [{ text: '张三' }] } })
await ask('PUT', 'Encounter/e1', {
  body: {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/p1' },
  },
})

test('§3.1.1.5 a search answers a searchset with what it understood in the self link', async () => {
  const { status, body } = await ask('GET', 'Location?name=ward%20l2&_total=accurate')

  assert.equal(status, 200)
  assert.deepEqual(body, {
    resourceType: 'Bundle',
    type: 'searchset',
    total: 1,
    link: [{ relation: 'self', url: `${baseUrl}/Location?name=ward%20l2&_total=accurate` }],
    entry: [
      {
        fullUrl: `${baseUrl}/Location/l2`,
        resource: { resourceType: 'Location', id: 'l2', meta, name: 'Ward l2' },
        search: { mode: 'match' },
      },
    ],
  })
})

test('§3.1.1.1 a search by POST means the same, with parameters in form and address together', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }

  const posted = await ask('POST', 'Location/_search?_total=accurate', { body: 'name=ward%20l2', headers })
  const got = await ask('GET', 'Location?_total=accurate&name=ward%20l2')

  assert.equal(posted.text, got.text)
})

test('§3.1.1.5.1 next links lead through all matches, each once', async () => {
  const found: string[] = []
  let path: string | undefined = 'Location?_count=2&_sort=_id'
  while (path) {
    const page = (await ask('GET', path)).body as {
      link: { relation: string; url: string }[]
      entry: { fullUrl: string }[]
    }
    found.push(...page.entry.map(({ fullUrl }) => fullUrl.slice(baseUrl.length + 1)))
    path = page.link.find(({ relation }) => relation === 'next')?.url.slice(baseUrl.length + 1)
  }

  assert.deepEqual(found, ['Location/l1', 'Location/l2', 'Location/l3'])
})

test('§3.1.1.5.8 _summary=count answers the total and nothing else', async () => {
  assert.deepEqual((await ask('GET', 'Location?_summary=count')).body, {
    resourceType: 'Bundle',
    type: 'searchset',
    total: 3,
    link: [{ relation: 'self', url: `${baseUrl}/Location?_summary=count` }],
  })
})

test('§3.1.1.5.4 included resources are marked as such', async () => {
  const { body } = await ask('GET', 'Encounter?_id=e1&_include=Encounter:patient')

  const { entry } = body as { entry: { fullUrl: string; search: { mode: string } }[] }
  assert.deepEqual(
    entry.map(({ fullUrl, search }) => [fullUrl, search.mode]),
    [
      [`${baseUrl}/Encounter/e1`, 'match'],
      [`${baseUrl}/Patient/p1`, 'include'],
    ],
  )
})

test('no match is an empty Bundle, not an error', async () => {
  assert.deepEqual((await ask('GET', 'Location?name=nowhere')).body, {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: `${baseUrl}/Location?name=nowhere` }],
  })
})

test('§3.1.0.1.9 _format and _pretty shape the answer', async () => {
  const pretty = await ask('GET', 'Location/l1?_pretty=true&_format=json')

  assert.equal(pretty.text, JSON.stringify(bedStored(), null, 2))
})

function bedStored() {
  return { resourceType: 'Location', id: 'l1', meta, name: 'Ward l1' }
}

test('a parameter that is unknown, or would change the shape of the answer, is refused and never ignored', async () => {
  assert.deepEqual(said(await ask('GET', 'Location?colour=red')), [
    400,
    'invalid',
    'search.unknown-parameter',
    'colour',
    'Location has no search parameter colour; the CapabilityStatement lists those it has',
  ])
  assert.deepEqual(said(await ask('GET', 'Location?_elements=colour')), [
    400,
    'invalid',
    'fhir-api.bad-shape',
    '_elements',
    '_elements must be a list of elements of Location, as they stand at the top of the resource',
  ])
  assert.deepEqual(said(await ask('GET', 'Location?_summary=short')), [
    400,
    'invalid',
    'fhir-api.bad-shape',
    '_summary',
    '_summary must be true, text, data, count, false',
  ])
  assert.deepEqual(said(await ask('GET', 'Encounter?_summary=text&_include=Encounter:patient')), [
    400,
    'invalid',
    'fhir-api.bad-shape',
    '_summary',
    '_summary must be another than text where resources are included',
  ])
  assert.deepEqual(said(await ask('GET', 'Location?_contained=perhaps')).slice(0, 4), [
    400,
    'invalid',
    'records.bad-parameter',
    '_contained',
  ])
})

const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }
const part = { ...meta, tag: [subsetted] }

test('§3.1.1.5.9 _elements shows what is named, marked as a part, of matches and of what they include', async () => {
  const { body } = await ask('GET', 'Encounter?_id=e1&_elements=class&_include=Encounter:patient')

  const { entry, link } = body as { entry: { resource: unknown }[]; link: unknown }
  assert.deepEqual(
    entry.map(({ resource }) => resource),
    [
      { resourceType: 'Encounter', id: 'e1', meta: part, status: 'finished', class: { code: 'AMB' } },
      { resourceType: 'Patient', id: 'p1', meta: part },
    ],
  )
  assert.deepEqual(link, [
    {
      relation: 'self',
      url: `${baseUrl}/Encounter?_id=e1&_include=Encounter:patient&_elements=class`,
    },
  ])
})

for (const [summary, shown] of [
  ['true', { name: 'Ward l1' }],
  ['text', {}],
  ['data', { name: 'Ward l1' }],
] as const) {
  test(`§3.1.1.5.8 _summary=${summary} shows its part, and false the whole`, async () => {
    const { body } = await ask('GET', `Location?_id=l1&_summary=${summary}`)
    const whole = await ask('GET', 'Location?_id=l1&_summary=false')

    const first = (bundle: unknown) => (bundle as { entry: { resource: unknown }[] }).entry[0]?.resource
    assert.deepEqual(first(body), { resourceType: 'Location', id: 'l1', meta: part, ...shown })
    assert.deepEqual(first(whole.body), bedStored())
  })
}

test('§3.1.1.2 with Prefer: handling=lenient what is unknown is left out of the search and named in the answer', async () => {
  const query = 'Location?name=ward%20l2&colour=red&name:loud=x'
  const headers = (handling: string) => ({ headers: { prefer: `handling=${handling}` } })

  const lenient = await ask('GET', query, headers('lenient'))
  const strict = await ask('GET', query, headers('strict'))

  const ignored = (name: string) => ({
    severity: 'warning',
    code: 'not-supported',
    details: { coding: [{ system: 'urn:xinglin:error', code: 'fhir-api.ignored-parameter' }] },
    diagnostics: `${name} is not known here and was left out`,
    expression: [name],
  })
  const { link, entry } = lenient.body as { link: unknown; entry: unknown[] }
  assert.deepEqual(link, [{ relation: 'self', url: `${baseUrl}/Location?name=ward%20l2` }])
  assert.deepEqual(entry.slice(1), [
    {
      resource: { resourceType: 'OperationOutcome', issue: ['colour', 'name:loud'].map(ignored) },
      search: { mode: 'outcome' },
    },
  ])
  assert.deepEqual(said(strict).slice(0, 4), [400, 'invalid', 'search.unknown-parameter', 'colour'])
  assert.deepEqual(said(await ask('GET', 'Location?_lastUpdated=soon', headers('lenient'))).slice(0, 3), [
    400,
    'invalid',
    'search.bad-value',
  ])
})

test('§3.1.1.5.5 a contained resource that matches is named by its container and its id in there', async () => {
  const medication = { resourceType: 'Medication', id: 'm1', code: { coding: [{ code: 'mixture' }] } }
  await ask('PUT', 'MedicationRequest/mr1', {
    body: {
      resourceType: 'MedicationRequest',
      id: 'mr1',
      status: 'active',
      intent: 'order',
      contained: [medication],
      medicationReference: { reference: '#m1' },
      subject: { display: 'somebody' },
    },
  })
  const query = 'Medication?code=mixture&_contained=true&_containedType=contained'

  const { body } = await ask('GET', query)
  const container = await ask('GET', 'Medication?code=mixture&_contained=true')

  assert.deepEqual(body, {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: `${baseUrl}/${query}` }],
    entry: [
      { fullUrl: `${baseUrl}/MedicationRequest/mr1#m1`, resource: medication, search: { mode: 'match' } },
    ],
  })
  const { entry } = container.body as { entry: { fullUrl: string; search: object }[] }
  assert.deepEqual(
    entry.map(({ fullUrl, search }) => [fullUrl, search]),
    [[`${baseUrl}/MedicationRequest/mr1`, { mode: 'match' }]],
  )
})
