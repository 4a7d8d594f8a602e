/** searchparameter.html §9.4: a SearchParameter that is created is listed with its progress, then searched by. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CapabilityStatement } from '@xinglin/fhir'
import { baseUrl, said, testDoor } from '../testing/door.ts'

const { ask, kernel } = await testDoor()
const ward = {
  resourceType: 'SearchParameter',
  id: 'bed-count',
  url: 'http://qilu.test/SearchParameter/bed-count',
  name: 'BedCount',
  description: 'Beds of a ward',
  status: 'active',
  code: 'beds',
  base: ['Location'],
  type: 'number',
  expression: "Location.extension('http://qilu.test/beds').value.ofType(integer)",
}
const location = (id: string, valueInteger: number) => ({
  resourceType: 'Location',
  id,
  extension: [{ url: 'http://qilu.test/beds', valueInteger }],
})

async function listed() {
  const statement = (await ask('GET', 'metadata')).body as CapabilityStatement
  const of = statement.rest?.[0]?.resource?.find(({ type }) => type === 'Location')
  return of?.searchParam?.filter(({ name }) => name === 'beds')
}

test('§9.4 what a SearchParameter asks for is found once older resources are indexed, and the statement tells how far that is', async () => {
  await ask('PUT', 'Location/large', { body: location('large', 40) })
  await ask('PUT', 'Location/small', { body: location('small', 4) })
  await ask('PUT', 'SearchParameter/bed-count', { body: ward })

  assert.deepEqual(said(await ask('GET', 'Location?beds=gt10')).slice(1, 4), [
    'throttled',
    'records.indexing',
    'beds',
  ])
  assert.deepEqual(await listed(), [{ name: 'beds', type: 'number', documentation: 'being indexed, 0%' }])
  while (!(await kernel.records.reindex()).isDone) await sleep(50)

  assert.deepEqual(await listed(), [{ name: 'beds', type: 'number', documentation: ':missing' }])
  for (const handling of ['strict', 'lenient']) {
    const { body } = await ask('GET', 'Location?beds=gt10', { headers: { prefer: `handling=${handling}` } })
    const { entry } = body as { entry: { fullUrl: string }[] }
    assert.deepEqual(
      entry.map(({ fullUrl }) => fullUrl),
      [`${baseUrl}/Location/large`],
    )
  }
})
