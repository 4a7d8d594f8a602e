/** FHIR R4 search.html §3.1.1.5.2 _sort: by parameters of every kind, in the order of their values. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantOf, OutcomeError, type ResourceType } from '@xinglin/fhir'
import { parametersOf } from '@xinglin/fhir/search'
import { anEncounter, aResult, asha } from '@xinglin/testkit'
import { inOrder } from '../as-of/past-order.ts'
import type { PastResource } from '../as-of/past-versions.ts'
import { emptyRecord, qilu, store } from '../fixtures.ts'
import { searchedValues } from './naive-search.ts'
import { requestOf } from './request.ts'
import { noExamples, r4Examples, type Stored, storeAll } from './testing.ts'

test('§3.1.1.5.2 codes, identifiers, references and uris have an order, and none stands last either way', async () => {
  const { records } = await emptyRecord()
  const person = (id: string, sex: { gender?: 'female' | 'male' }, mrn: readonly string[]) => ({
    resourceType: 'Patient' as const,
    id,
    ...sex,
    identifier: mrn.map((value) => ({ system: 'urn:mrn', value })),
  })
  await store(
    records,
    asha,
    person('p1', { gender: 'male' }, ['b', 'd']),
    person('p2', {}, ['c']),
    person('p3', { gender: 'female' }, ['a', 'e']),
    { ...anEncounter({ for: asha, id: 'e1' }), subject: { reference: 'Patient/p3' } },
    { ...anEncounter({ for: asha, id: 'e2' }), subject: { reference: 'Patient/p1' } },
    { ...aResult({ for: asha, id: 'o1' }), meta: { source: 'urn:b' } },
    { ...aResult({ for: asha, id: 'o2' }), meta: { source: 'urn:a' } },
  )
  const ids = async (type: ResourceType, query: string) =>
    (await records.search(qilu.tenant, type, [...new URLSearchParams(query)])).matches.map(({ id }) => id)

  assert.deepEqual(await ids('Patient', '_id=p1,p2,p3&_sort=gender'), ['p3', 'p1', 'p2'])
  assert.deepEqual(await ids('Patient', '_id=p1,p2,p3&_sort=-gender'), ['p1', 'p3', 'p2'])
  // Of several values the first counts upwards, the last downwards.
  assert.deepEqual(await ids('Patient', '_id=p1,p2,p3&_sort=identifier'), ['p3', 'p1', 'p2'])
  assert.deepEqual(await ids('Patient', '_id=p1,p2,p3&_sort=-identifier'), ['p3', 'p1', 'p2'])
  assert.deepEqual(await ids('Encounter', '_sort=subject'), ['e2', 'e1'])
  assert.deepEqual(await ids('Encounter', '_sort=-patient'), ['e1', 'e2'])
  assert.deepEqual(await ids('Observation', '_sort=_source'), ['o2', 'o1'])
})

test('§3.1.1.5.2 what stands in no order is refused by name', async () => {
  const { records } = await emptyRecord()
  const refused = async (type: ResourceType, name: string) => {
    const error: unknown = await records
      .search(qilu.tenant, type, [['_sort', name]])
      .catch((thrown) => thrown)
    return error instanceof OutcomeError ? error.outcome.issue[0]?.details?.coding?.[0]?.code : error
  }

  assert.equal(await refused('Observation', 'code-value-quantity'), 'records.cannot-sort')
  assert.equal(await refused('Location', 'near'), 'records.cannot-sort')
})

test('§3.1.1.5.2 R4 examples of every type are sorted by every parameter as a look at each sorts them', {
  skip: noExamples,
}, async () => {
  const { records, runtime } = await emptyRecord()
  const examples = r4Examples()
  await storeAll(records, examples)
  let asked = 0
  for (const type of new Set(examples.map(({ resourceType }) => resourceType))) {
    const resources = examples.flatMap((resource, key) =>
      resource.resourceType === type ? [past(resource, key, runtime.timeZone)] : [],
    )
    if (resources.length < 2) continue
    for (const { name, kind } of parametersOf(type).values()) {
      // What a Bundle begins with is sorted by its id alone, whatever its type.
      if (!sortedByReading.has(kind) || name === '_id' || (type === 'Bundle' && kind === 'reference'))
        continue
      asked += 1
      const query = [
        ['_sort', asked % 2 === 0 ? name : `-${name}`],
        ['_count', '1000'],
      ] as const
      const { sort } = requestOf(type, query, { timeZone: runtime.timeZone, nowMs: 0 })

      const found = await records.search(qilu.tenant, type, query)

      assert.deepEqual(
        found.matches.map(({ id }) => id),
        inOrder(resources, sort, type).map(({ version }) => version.id),
        `${type}?_sort=${query[0][1]}`,
      )
    }
  }
  assert.ok(asked > 500, `${asked} parameters were sorted by`)
})

const sortedByReading: ReadonlySet<string> = new Set(['token', 'reference', 'uri'])

function past(resource: Stored, key: number, timeZone: string): PastResource {
  const { resourceType: type, id } = resource
  const version = {
    type,
    id,
    version: 1,
    updated: instantOf(key, 'UTC'),
    interaction: 'create',
    json: '',
  } as const
  return {
    name: `${type}/${id}`,
    key: BigInt(key),
    version,
    values: searchedValues(resource, timeZone),
    charts: [],
  }
}
