/** R4 patient-operation-everything, encounter-operation-everything and operations.html §3.2.0.1: whole answers by their names. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { type Answered, baseUrl, said, testDoor } from '../testing/door.ts'

const { ask, kernel } = await testDoor()

const put = async (resource: { resourceType: string; id: string; [element: string]: unknown }) => {
  const { status, text } = await ask('PUT', `${resource.resourceType}/${resource.id}`, { body: resource })
  assert.equal(status, 201, text)
}
const reference = (to: string) => ({ reference: to })
const coded = (text: string) => ({ text })
const result = (id: string, words: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: coded('potassium'),
  ...words,
})

await put({ resourceType: 'Patient', id: 'p1', generalPractitioner: [reference('Practitioner/gp')] })
await put({ resourceType: 'Patient', id: 'p2' })
await put({ resourceType: 'Practitioner', id: 'gp' })
await put({ resourceType: 'Practitioner', id: 'elsewhere' })
await put({ resourceType: 'Organization', id: 'laboratory', name: 'laboratory' })
await put({ resourceType: 'Location', id: 'ward' })
await put({ resourceType: 'Device', id: 'other-pump', patient: reference('Patient/p2') })
await put({
  resourceType: 'Encounter',
  id: 'stay',
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
  subject: reference('Patient/p1'),
  location: [{ location: reference('Location/ward') }],
  period: { start: '2025-12-28', end: '2026-01-05' },
})
await put(
  result('old', {
    subject: reference('Patient/p1'),
    effectiveDateTime: '2019-05-01',
    performer: [reference('Organization/laboratory')],
  }),
)
await put(
  result('new', {
    subject: reference('Patient/p1'),
    encounter: reference('Encounter/stay'),
    effectiveDateTime: '2026-01-02',
    performer: [reference('Organization/laboratory')],
    device: reference('Device/other-pump'),
  }),
)
await put(result('of-the-other', { subject: reference('Patient/p2'), performer: [reference('Patient/p1')] }))
await put(result('not-ours', { subject: reference('Patient/p2'), effectiveDateTime: '2026-01-02' }))
await put({
  resourceType: 'AllergyIntolerance',
  id: 'penicillin',
  patient: reference('Patient/p1'),
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
})

type Bundle = {
  readonly entry?: readonly {
    readonly resource: { resourceType: string; id: string }
    readonly search: { mode: string }
  }[]
  readonly link?: readonly { readonly relation: string; readonly url: string }[]
}
const shown = ({ body }: Answered) =>
  ((body as Bundle).entry ?? []).map(
    ({ resource, search }) =>
      `${search.mode === 'include' ? '+ ' : ''}${resource.resourceType}/${resource.id}`,
  )
const linkOf = ({ body }: Answered, relation: string) =>
  (body as Bundle).link?.find((link) => link.relation === relation)?.url

test('$everything of a patient shows the patient, the compartment, and what they refer to but nobody else’s', async () => {
  const answer = await ask('GET', 'Patient/p1/$everything')

  assert.equal(answer.status, 200)
  assert.deepEqual(shown(answer), [
    'Patient/p1',
    'AllergyIntolerance/penicillin',
    'Encounter/stay',
    'Observation/new',
    'Observation/old',
    'Observation/of-the-other',
    '+ Location/ward',
    '+ Organization/laboratory',
    '+ Practitioner/gp',
  ])
  assert.deepEqual(linkOf(answer, 'self'), `${baseUrl}/Patient/p1/$everything`)
  assert.equal(linkOf(answer, 'next'), undefined)
})

test('start and end are dates of care: a stay that lasts into them is shown, and what has no date', async () => {
  const from = await ask('GET', 'Patient/p1/$everything?start=2026-01-01')
  const until = await ask('GET', 'Patient/p1/$everything?end=2019')

  assert.deepEqual(shown(from), [
    'Patient/p1',
    'AllergyIntolerance/penicillin',
    'Encounter/stay',
    'Observation/new',
    'Observation/of-the-other',
    '+ Location/ward',
    '+ Organization/laboratory',
    '+ Practitioner/gp',
  ])
  assert.deepEqual(shown(until), [
    'Patient/p1',
    'AllergyIntolerance/penicillin',
    'Observation/old',
    'Observation/of-the-other',
    '+ Organization/laboratory',
    '+ Practitioner/gp',
  ])
})

test('_type names the types that are shown, _since the moment from which they changed', async () => {
  const typed = await ask('GET', 'Patient/p1/$everything?_type=Observation,Organization')
  const later = await ask('GET', 'Patient/p1/$everything?_since=2026-03-02T09:00:00%2B08:00')

  assert.deepEqual(shown(typed), [
    'Observation/new',
    'Observation/old',
    'Observation/of-the-other',
    '+ Organization/laboratory',
  ])
  assert.deepEqual(shown(later), [])
})

test('_count pages: each member stands on one page, and with each page what it refers to', async () => {
  const pages: string[][] = []
  for (
    let path: string | undefined = 'Patient/p1/$everything?_count=2';
    path;
    path = path.slice(baseUrl.length + 1)
  ) {
    const answer: Answered = await ask('GET', path)
    pages.push(shown(answer))
    const next = linkOf(answer, 'next')
    if (next === undefined) break
    path = next
  }

  assert.deepEqual(pages, [
    ['Patient/p1', 'AllergyIntolerance/penicillin', 'Encounter/stay', '+ Location/ward', '+ Practitioner/gp'],
    ['Observation/new', 'Observation/old', '+ Organization/laboratory'],
    ['Observation/of-the-other'],
  ])
})

test('parameters may come in a Parameters resource by POST, and reading so is no write in the journal', async () => {
  const body = { resourceType: 'Parameters', parameter: [{ name: '_type', valueCode: 'Encounter' }] }
  const answer = await ask('POST', 'Patient/p1/$everything', { body })
  const bad = await ask('POST', 'Patient/p1/$everything', { body: { resourceType: 'Patient' } })

  assert.deepEqual(shown(answer), ['Encounter/stay'])
  assert.deepEqual(said(bad), [
    400,
    'invalid',
    'fhir-api.operation-body',
    undefined,
    'the body must be a Parameters resource',
  ])
  const journalled = await kernel.database.query(
    sql`select id from traffic.message where subject like '%$everything'`,
  )
  assert.deepEqual(journalled, [])
})

test('$everything of an encounter shows the encounter, what belongs to it, and whom it concerns', async () => {
  const answer = await ask('GET', 'Encounter/stay/$everything')

  assert.deepEqual(shown(answer), [
    'Encounter/stay',
    'Observation/new',
    '+ Location/ward',
    '+ Organization/laboratory',
    '+ Patient/p1',
  ])
})

test('what is not there, was deleted, or is malformed is refused exactly', async () => {
  await put({ resourceType: 'Patient', id: 'gone' })
  await ask('DELETE', 'Patient/gone')
  const refusals = [
    await ask('GET', 'Patient/nobody/$everything'),
    await ask('GET', 'Patient/gone/$everything'),
    await ask('GET', 'Patient/p1/$everything?start=yesterday'),
    await ask('GET', 'Patient/p1/$everything?_count=0'),
    await ask('GET', 'Patient/p1/$everything?_type=Patiens'),
    await ask('GET', 'Patient/p1/$everything?colour=red'),
    await ask('GET', 'Patient/p1/$everything?_after=xyz'),
    await ask('GET', 'Encounter/stay/$everything?start=2020'),
    await ask('DELETE', 'Patient/p1/$everything'),
  ].map(said)

  assert.deepEqual(refusals, [
    [404, 'not-found', 'fhir-api.not-found', undefined, 'there is no such Patient'],
    [410, 'deleted', 'fhir-api.deleted', undefined, 'this Patient was deleted; its history is still there'],
    [
      400,
      'invalid',
      'fhir-api.operation-value',
      'start',
      'start must be a date: YYYY, YYYY-MM or YYYY-MM-DD',
    ],
    [400, 'invalid', 'fhir-api.operation-value', '_count', '_count must be a whole number from 1'],
    [
      400,
      'invalid',
      'fhir-api.operation-value',
      '_type',
      '_type must name resource types of FHIR R4, separated by commas',
    ],
    [
      400,
      'invalid',
      'fhir-api.operation-parameter',
      undefined,
      'this operation has no parameter colour; it has start, end, _asOf, _since, _type, _count, _after',
    ],
    [
      400,
      'invalid',
      'records.bad-page',
      undefined,
      'the page asked for is unknown; follow the link of the page before as it is',
    ],
    [
      400,
      'invalid',
      'fhir-api.operation-parameter',
      undefined,
      'this operation has no parameter start; it has _since, _type, _count, _after',
    ],
    [
      405,
      'not-supported',
      'fhir-api.method',
      undefined,
      'DELETE cannot be used for $everything; use GET, HEAD, POST',
    ],
  ])
})

test('§3.2.0.1 an unknown operation is 404, a known one at another place 400', async () => {
  const refusals = [
    await ask('GET', '$colour'),
    await ask('POST', 'Patient/p1/$colour'),
    await ask('GET', '$everything'),
    await ask('GET', 'Observation/new/$everything'),
    await ask('GET', 'Patiens/p1/$everything'),
  ].map(said)

  const unknown = [
    404,
    'not-found',
    'fhir-api.unknown-operation',
    undefined,
    'this door has no such operation; the CapabilityStatement lists those it has',
  ]
  const misplaced = [
    400,
    'invalid',
    'fhir-api.operation-place',
    undefined,
    '$everything cannot be called here; it is called on Patient/[id]/$everything, Encounter/[id]/$everything',
  ]
  assert.deepEqual(refusals, [
    unknown,
    unknown,
    misplaced,
    misplaced,
    [404, 'not-found', 'fhir-api.unknown-type', undefined, 'FHIR R4 has no such resource type'],
  ])
})

test('the CapabilityStatement lists the operations of each type', async () => {
  const { body } = await ask('GET', 'metadata')
  const { rest } = body as {
    rest: readonly [
      { resource: readonly { type: string; operation?: readonly { name: string; definition: string }[] }[] },
    ]
  }
  const of = (type: string) => rest[0].resource.find((each) => each.type === type)?.operation

  assert.deepEqual(
    of('Patient')?.filter(({ name }) => name === 'everything'),
    [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }],
  )
  assert.deepEqual(
    of('Encounter')?.filter(({ name }) => name === 'everything'),
    [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Encounter-everything' }],
  )
})
