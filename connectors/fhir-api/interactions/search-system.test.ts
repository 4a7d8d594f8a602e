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

test('what is no search of named types is refused', async () => {
  const shape = 'fhir-api.bad-shape'
  assert.deepEqual(said(await ask('GET', '?_id=p1')).slice(0, 4), [400, 'invalid', shape, '_type'])
  assert.deepEqual(said(await ask('GET', '?_type=Patient,Spaceship')).slice(0, 4), [
    400,
    'invalid',
    shape,
    '_type',
  ])
  assert.deepEqual(said(await ask('GET', '?_type=Patient&_sort=_id')).slice(0, 3), [
    422,
    'not-supported',
    'fhir-api.search-shape',
  ])
  assert.deepEqual(said(await ask('GET', '?_type=Patient,Location&gender=male')).slice(0, 3), [
    400,
    'invalid',
    'search.unknown-parameter',
  ])
})
