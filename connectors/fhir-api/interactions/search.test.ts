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
    link: [{ relation: 'self', url: `${baseUrl}/Location` }],
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
  assert.deepEqual(said(await ask('GET', 'Location?_elements=name')), [
    422,
    'not-supported',
    'fhir-api.search-shape',
    '_elements',
    '_elements is not supported here; leave it out',
  ])
})
