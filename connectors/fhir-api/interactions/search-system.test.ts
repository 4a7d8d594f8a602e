/** search.html §3.1.1 and http.html §3.1.0.10: a search over several types by `_type`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseUrl, said, testDoor } from '../testing/door.ts'

const { ask } = await testDoor()
for (const id of ['p1', 'p2', 'p3'])
  await ask('PUT', `Patient/${id}`, { body: { resourceType: 'Patient', id } })
for (const id of ['l1', 'l2'])
  await ask('PUT', `Location/${id}`, { body: { resourceType: 'Location', id, name: id } })

type Bundle = {
  readonly total?: number
  readonly link: { relation: string; url: string }[]
  readonly entry?: { fullUrl: string }[]
}
const bundleOf = async (path: string) => (await ask('GET', path)).body as Bundle
const names = ({ entry = [] }: Bundle) => entry.map(({ fullUrl }) => fullUrl.slice(baseUrl.length + 1))

test('§3.1.0.10 several types are searched at once, page by page, type after type', async () => {
  const found: string[][] = []
  let path: string | undefined = '?_type=Location,Patient&_count=2&_total=accurate'
  const totals = new Set<number | undefined>()
  while (path !== undefined) {
    const page: Bundle = await bundleOf(path)
    found.push(names(page))
    totals.add(page.total)
    if (found.length === 1) await ask('PUT', 'Location/l9', { body: { resourceType: 'Location', id: 'l9' } })
    path = page.link.find(({ relation }) => relation === 'next')?.url.slice(baseUrl.length)
  }

  assert.deepEqual(found, [['Location/l2', 'Location/l1'], ['Patient/p3', 'Patient/p2'], ['Patient/p1']])
  assert.deepEqual([...totals], [5, 6])
})

test('§3.1.1.4 parameters of every type narrow all of them', async () => {
  assert.deepEqual(names(await bundleOf('?_type=Location,Patient&_id=l1,p2')), ['Location/l1', 'Patient/p2'])
  assert.equal((await bundleOf('?_type=Patient&_summary=count')).total, 3)
  const posted = await ask('POST', '_search', {
    body: '_type=Location,Patient&_id=l1,p2',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  assert.deepEqual(names(posted.body as Bundle), ['Location/l1', 'Patient/p2'])
})

test('§3.1.1.4 without _type all that is held is searched by the parameters of every type', async () => {
  const found = await bundleOf('?_id=l1,p2&_total=accurate')
  const first = await bundleOf('?_id=l1,p2&_count=1')
  const rest = first.link.find(({ relation }) => relation === 'next')?.url.slice(baseUrl.length)

  assert.deepEqual([found.total, names(found)], [2, ['Location/l1', 'Patient/p2']])
  assert.deepEqual([names(first), names(await bundleOf(rest ?? ''))], [['Location/l1'], ['Patient/p2']])
  assert.equal((await bundleOf('?_lastUpdated=lt2001')).total, undefined)
  assert.deepEqual(said(await ask('GET', '?gender=male')).slice(0, 4), [
    400,
    'invalid',
    'fhir-api.bad-shape',
    'gender',
  ])
})

test('§3.1.1.5.2 several types stand in one order, page by page', async () => {
  const pages: string[][] = []
  let path: string | undefined = '?_type=Location,Patient&_id=l1,l2,p1,p2,p3&_sort=_id&_count=2'
  while (path !== undefined) {
    const page: Bundle = await bundleOf(path)
    pages.push(names(page))
    path = page.link.find(({ relation }) => relation === 'next')?.url.slice(baseUrl.length)
  }

  assert.deepEqual(pages, [['Location/l1', 'Location/l2'], ['Patient/p1', 'Patient/p2'], ['Patient/p3']])
  assert.deepEqual(names(await bundleOf('?_id=l1,l2,p1,p2,p3&_sort=-_lastUpdated')), [
    'Location/l2',
    'Location/l1',
    'Patient/p3',
    'Patient/p2',
    'Patient/p1',
  ])
})

test('§3.1.1.5.2 dates of several types are compared as moments, whatever each type calls them', async () => {
  const subject = { reference: 'Patient/p1' }
  const code = { text: 'potassium' }
  const put = (path: string, body: object) => ask('PUT', path, { body: { ...body, id: path.split('/')[1] } })
  const result = { resourceType: 'Observation', status: 'final', code, subject }
  await put('Observation/early', { ...result, effectiveDateTime: '2026-01-02T08:00:00Z' })
  await put('Observation/late', { ...result, effectiveDateTime: '2026-01-04T08:00:00Z' })
  await put('Flag/between', {
    resourceType: 'Flag',
    status: 'active',
    code,
    subject,
    period: { start: '2026-01-03' },
  })
  const query = '?_type=Observation,Flag&patient=p1&_include=*'

  const forward = await bundleOf(`${query}&_sort=date`)
  const first = await bundleOf(`${query}&_sort=-date&_count=1`)

  assert.deepEqual(names(forward), ['Observation/early', 'Flag/between', 'Observation/late', 'Patient/p1'])
  assert.deepEqual(names(first), ['Observation/late', 'Patient/p1'])
})

test('what is no search of types is refused', async () => {
  const shape = 'fhir-api.bad-shape'
  assert.deepEqual(said(await ask('GET', '?_type=Patient,Spaceship')).slice(0, 4), [
    400,
    'invalid',
    shape,
    '_type',
  ])
  assert.deepEqual(said(await ask('GET', '?_id=p1&_page=there')).slice(0, 4), [
    400,
    'invalid',
    shape,
    '_page',
  ])
  assert.deepEqual(said(await ask('GET', '?_id=p1&_sort=_id&_page=there')).slice(0, 4), [
    400,
    'invalid',
    shape,
    '_page',
  ])
  assert.deepEqual(said(await ask('GET', '?_type=Patient,Location&gender=male')).slice(0, 3), [
    400,
    'invalid',
    'search.unknown-parameter',
  ])
})
