/** search.html §3.1.1.4.1: who is in a compartment, by type and as a whole, with pages and links of the address asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answered, baseUrl, said, testDoor } from '../testing/door.ts'

const { ask } = await testDoor()
const put = async (resource: { resourceType: string; id: string }) => {
  const answer = await ask('PUT', `${resource.resourceType}/${resource.id}`, { body: resource })
  assert.equal(answer.status, 201, answer.text)
}
const coded = (text: string) => ({ status: 'final', code: { coding: [{ system: 'urn:c', code: text }] } })

await put({ resourceType: 'Patient', id: 'p' })
await put({ resourceType: 'Patient', id: 'other' })
await put({ resourceType: 'Practitioner', id: 'd' })
await put({
  resourceType: 'Encounter',
  id: 'e',
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p' },
  participant: [{ individual: { reference: 'Practitioner/d' } }],
} as { resourceType: string; id: string })
const observation = (id: string, code: string, more: object) =>
  put({ resourceType: 'Observation', id, ...coded(code), ...more } as { resourceType: string; id: string })
await observation('o1', 'a', { subject: { reference: 'Patient/p' }, encounter: { reference: 'Encounter/e' } })
await observation('o2', 'b', {
  subject: { reference: 'Patient/p' },
  performer: [{ reference: 'Practitioner/d' }],
})
await observation('o3', 'a', {
  subject: { reference: 'Patient/other' },
  performer: [{ reference: 'Patient/p' }],
})
await observation('o4', 'a', { subject: { reference: 'Patient/other' }, device: { reference: 'Device/x' } })

const ids = ({ body }: Answered) =>
  ((body as { entry?: { resource: { resourceType: string; id: string } }[] }).entry ?? []).map(
    ({ resource }) => `${resource.resourceType}/${resource.id}`,
  )
const links = ({ body }: Answered) =>
  (body as { link: { relation: string; url: string }[] }).link.map(({ relation, url }) => [relation, url])

test('a member is found by each of the parameters of its compartment', async () => {
  assert.deepEqual(
    [
      ids(await ask('GET', 'Patient/p/Observation?_sort=_id')),
      ids(await ask('GET', 'Patient/p/Observation?code=a&_sort=_id')),
      ids(await ask('GET', 'Encounter/e/Observation')),
      ids(await ask('GET', 'Practitioner/d/Observation')),
      ids(await ask('GET', 'Practitioner/d/Encounter')),
      ids(await ask('GET', 'Device/x/Observation')),
      ids(await ask('GET', 'RelatedPerson/r/Observation')),
      ids(
        await ask('POST', 'Patient/p/Observation/_search', {
          body: 'code=b',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      ),
    ],
    [
      ['Observation/o1', 'Observation/o2', 'Observation/o3'],
      ['Observation/o1', 'Observation/o3'],
      ['Observation/o1'],
      ['Observation/o2'],
      ['Encounter/e'],
      ['Observation/o4'],
      [],
      ['Observation/o2'],
    ],
  )
})

test('links stay at the address that was asked, page after page', async () => {
  const page = await ask('GET', 'Patient/p/Observation?_sort=_id&_count=2&_total=accurate')
  const next = links(page)[1]?.[1] ?? ''
  const second = await ask('GET', next.slice(`${baseUrl}/`.length))

  assert.deepEqual(
    [
      (page.body as { total: number }).total,
      links(page)[0],
      next.split('&_page=')[0],
      ids(second),
      links(second).length,
    ],
    [
      3,
      ['self', `${baseUrl}/Patient/p/Observation?_sort=_id&_count=2&_total=accurate`],
      `${baseUrl}/Patient/p/Observation?_sort=_id&_count=2&_total=accurate`,
      ['Observation/o3'],
      1,
    ],
  )
})

test('a whole compartment is the resource itself and its members, by pages', async () => {
  const all = await ask('GET', 'Patient/p/*')
  const some = await ask('GET', 'Patient/p/*?_type=Encounter')
  const page = await ask('GET', 'Encounter/e/*?_count=1')
  const next = links(page)[1]?.[1]

  assert.deepEqual(ids(all).sort(), [
    'Encounter/e',
    'Observation/o1',
    'Observation/o2',
    'Observation/o3',
    'Patient/p',
  ])
  assert.deepEqual([ids(some), ids(page)], [['Encounter/e'], ['Encounter/e', 'Observation/o1']])
  assert.equal(next, undefined)
})

test('what has no compartment, is never in one, or cannot be asked so is refused', async () => {
  const answers = [
    await ask('GET', 'Organization/o/Observation'),
    await ask('GET', 'Patient/p/Organization'),
    await ask('GET', 'Practitioner/d/*'),
    await ask('GET', 'Patient/p/*?code=a'),
    await ask('GET', 'Patient/p/Nothing'),
    await ask('GET', 'Patient/p/Observation?colour=red'),
    await ask('DELETE', 'Patient/p/Observation'),
  ]

  assert.deepEqual(
    answers.map((answer) => said(answer).slice(0, 4)),
    [
      [404, 'not-found', 'fhir-api.no-compartment', undefined],
      [400, 'invalid', 'search.bad-compartment', undefined],
      [404, 'not-found', 'fhir-api.no-compartment', undefined],
      [400, 'invalid', 'fhir-api.compartment-parameter', 'code'],
      [404, 'not-found', 'fhir-api.unknown-type', undefined],
      [400, 'invalid', 'search.unknown-parameter', 'colour'],
      [405, 'not-supported', 'fhir-api.method', undefined],
    ],
  )
})
