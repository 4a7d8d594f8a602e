/** FHIR R4 search.html §3.1.1.4.13: a composite finds values that stand together, not values of the same resource. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError, type Resource, type ResourceType } from '@xinglin/fhir'
import { aResult, asha } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'

const loinc = 'http://loinc.org'
const pressure = (id: string, systolic: number, diastolic: number): Resource => {
  const part = (code: string, value: number) => ({
    code: { coding: [{ system: loinc, code }] },
    valueQuantity: { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  })
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: loinc, code: '85354-9' }] },
    subject: { reference: 'Patient/asha' },
    component: [part('8480-6', systolic), part('8462-4', diastolic)],
  }
}

async function ward() {
  const { records } = await emptyRecord()
  await store(
    records,
    asha,
    pressure('high', 182, 118),
    pressure('normal', 118, 76),
    aResult({ for: asha, id: 'potassium', value: 6.8 }),
    aResult({ for: asha, id: 'sodium', code: '2951-2', value: 138 }),
    {
      resourceType: 'DocumentReference',
      id: 'corrected',
      status: 'current',
      content: [{ attachment: { title: 'letter' } }],
      relatesTo: [
        { code: 'replaces', target: { reference: 'DocumentReference/first' } },
        { code: 'appends', target: { reference: 'DocumentReference/second' } },
      ],
    },
  )
  return async (type: ResourceType, ...query: [string, string][]) =>
    (await records.search(qilu.tenant, type, query)).matches.map(({ id }) => id).sort()
}

test('§3.1.1.4.13 a diastolic pressure above 100 is not found where only the systolic is', async () => {
  const find = await ward()
  const component = (value: string) => find('Observation', ['component-code-value-quantity', value])

  assert.deepEqual(await component(`${loinc}|8462-4$gt100`), ['high'])
  assert.deepEqual(await component('8462-4$gt150'), [])
  assert.deepEqual(await component('8480-6$gt100||mm[Hg]'), ['high', 'normal'])
  assert.deepEqual(await component('8480-6$gt150,8462-4$lt80'), ['high', 'normal'])
  assert.deepEqual(await component('http://other|8480-6$gt100'), [])
})

test('§3.1.1.4.13 a value is found beside its own code, in the result or in its components', async () => {
  const find = await ward()

  assert.deepEqual(await find('Observation', ['code-value-quantity', '2823-3$gt6']), ['potassium'])
  assert.deepEqual(await find('Observation', ['code-value-quantity', '2823-3$gt100']), [])
  assert.deepEqual(await find('Observation', ['combo-code-value-quantity', '2823-3$gt6,8462-4$ge118']), [
    'high',
    'potassium',
  ])
  assert.deepEqual(
    await find('Observation', ['patient', 'asha'], ['code-value-quantity', '2951-2$138||mmol/L']),
    ['sodium'],
  )
})

test('§3.1.1.4.13 a document is found by what it does to another', async () => {
  const find = await ward()

  assert.deepEqual(await find('DocumentReference', ['relationship', 'replaces$DocumentReference/first']), [
    'corrected',
  ])
  assert.deepEqual(await find('DocumentReference', ['relationship', 'replaces$DocumentReference/second']), [])
})

test('what a composite cannot be asked is refused by name', async () => {
  const find = await ward()
  const code = async (type: ResourceType, name: string, value: string) => {
    const error = await find(type, [name, value]).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof OutcomeError, name)
    return [error.failure, error.outcome.issue[0]?.details?.coding?.[0]?.code]
  }

  assert.deepEqual(await code('Observation', 'code-value-quantity', `${loinc}|$5`), [
    'unsupported',
    'records.no-composite',
  ])
  assert.deepEqual(await code('MolecularSequence', 'chromosome-variant-coordinate', '1$2$3'), [
    'unsupported',
    'records.no-composite',
  ])
  assert.deepEqual(await code('Observation', 'code-value-quantity:missing', 'true'), [
    'invalid',
    'search.bad-modifier',
  ])
})
