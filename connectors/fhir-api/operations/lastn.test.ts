/** R4 observation-operation-lastn: the last n of each code. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answered, baseUrl, said, testDoor } from '../testing/door.ts'

const { ask } = await testDoor()
await ask('PUT', 'Patient/p1', { body: { resourceType: 'Patient', id: 'p1' } })
await ask('PUT', 'Patient/p2', { body: { resourceType: 'Patient', id: 'p2' } })

const loinc = (code: string) => ({ system: 'http://loinc.org', code })
const local = (code: string) => ({ system: 'urn:hospital:tests', code })
const observe = async (id: string, effectiveDateTime: string, code: object, more: object = {}) => {
  const category = [
    {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/observation-category',
          code: 'laboratory',
        },
      ],
    },
  ]
  const body = {
    resourceType: 'Observation',
    id,
    status: 'final',
    category,
    code,
    subject: { reference: 'Patient/p1' },
    effectiveDateTime,
    ...more,
  }
  assert.equal((await ask('PUT', `Observation/${id}`, { body })).status, 201)
}
await observe('k1', '2026-01-01', { coding: [loinc('2823-3')] })
await observe('k2', '2026-01-02', { coding: [local('K'), loinc('2823-3')] })
await observe('k3', '2026-01-03', { coding: [local('K')] })
await observe('na1', '2026-01-01', { coding: [loinc('2951-2')] })
await observe('na2', '2026-02-01', { coding: [loinc('2951-2')] })
await observe('smell1', '2025-01-01', { text: 'Smell of  urine' })
await observe('smell2', '2025-01-02', { text: 'smell of urine ' })
await observe('other', '2026-03-01', { coding: [loinc('2951-2')] }, { subject: { reference: 'Patient/p2' } })

const shown = ({ body }: Answered) =>
  ((body as { entry?: readonly { resource: { id: string } }[] }).entry ?? []).map(
    ({ resource }) => resource.id,
  )

test('without max the last observation of each code is given, equal codes over translations being one', async () => {
  const answer = await ask('GET', 'Observation/$lastn?patient=p1&category=laboratory')

  assert.deepEqual(shown(answer), ['na2', 'k3', 'smell2'])
  const { link, total } = answer.body as { link: unknown; total: number }
  assert.deepEqual(
    [total, link],
    [
      3,
      [
        {
          relation: 'self',
          url: `${baseUrl}/Observation/$lastn?patient=p1&category=laboratory`,
        },
      ],
    ],
  )
})

test('max gives so many of each code, newest first; other search parameters narrow what is looked at', async () => {
  const two = await ask('GET', 'Observation/$lastn?subject=Patient/p1&category=laboratory&max=2')
  const early = await ask(
    'GET',
    'Observation/$lastn?patient=p1&code=http://loinc.org|2823-3,http://loinc.org|2951-2&date=lt2026-01-02',
  )

  assert.deepEqual(shown(two), ['na2', 'na1', 'k3', 'k2', 'smell2', 'smell1'])
  assert.deepEqual(shown(early).toSorted(), ['k1', 'na1'])
})

test('a call without a patient or without category and code is refused, and one that brings its own order', async () => {
  const refusals = [
    await ask('GET', 'Observation/$lastn?category=laboratory'),
    await ask('GET', 'Observation/$lastn?patient=p1'),
    await ask('GET', 'Observation/$lastn?patient=p1&code=1&_sort=date'),
    await ask('GET', 'Observation/$lastn?patient=p1&code=1&max=none'),
    await ask('GET', 'Observation/$lastn?patient=p1&code=1&colour=red'),
  ].map(said)

  assert.deepEqual(refusals, [
    [400, 'invalid', 'fhir-api.operation-missing', undefined, '$lastn needs a parameter patient or subject'],
    [400, 'invalid', 'fhir-api.operation-missing', undefined, '$lastn needs a parameter category or code'],
    [
      400,
      'invalid',
      'fhir-api.operation-value',
      '_sort',
      '_sort cannot be used with $lastn, which has its own order',
    ],
    [400, 'invalid', 'fhir-api.operation-value', 'max', 'max must be a whole number from 1'],
    [
      400,
      'invalid',
      'search.unknown-parameter',
      'colour',
      'Observation has no search parameter colour; the CapabilityStatement lists those it has',
    ],
  ])
})
