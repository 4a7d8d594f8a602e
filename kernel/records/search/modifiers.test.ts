/** FHIR R4 search.html §3.1.1.4.4 modifiers of tokens, uris and references, and §3.1.1.4.3 _list. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError, type Resource, type ResourceType } from '@xinglin/fhir'
import { aPatient, aResult, asha } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'

const kinds = 'http://terminology.hl7.org/CodeSystem/v2-0203'
const numbered = (id: string, kind: string, value: string) =>
  aPatient({ id, identifier: [{ type: { coding: [{ system: kinds, code: kind }] }, value }] })
const valueSet = (id: string, url: string): Resource => ({
  resourceType: 'ValueSet',
  id,
  url,
  status: 'active',
})

async function catalogue() {
  const { records } = await emptyRecord()
  await store(
    records,
    asha,
    numbered('mrn', 'MR', '446053'),
    numbered('passport', 'PPN', '446053'),
    aPatient({
      id: 'both',
      identifier: [
        { type: { coding: [{ system: kinds, code: 'MR' }] }, value: '1' },
        { type: { coding: [{ system: kinds, code: 'PPN' }] }, value: '2' },
      ],
    }),
    valueSet('house', 'http://acme.org/fhir'),
    valueSet('room', 'http://acme.org/fhir/ValueSet/123'),
    valueSet('bed', 'http://acme.org/fhir/ValueSet/123/_history/5'),
    valueSet('neighbour', 'http://acme.org/fhir/ValueSet/1234'),
    valueSet('urn', 'urn:oid:1.2.3'),
    aResult({ for: asha, id: 'potassium' }),
    aResult({ for: asha, id: 'logical', subject: { identifier: { system: 'urn:mrn', value: '77' } } }),
    {
      resourceType: 'List',
      id: 'round',
      status: 'current',
      mode: 'working',
      entry: [{ item: { reference: 'Patient/mrn' } }, { item: { reference: 'Patient/both' } }],
    },
  )
  return async (type: ResourceType, name: string, value: string) =>
    (await records.search(qilu.tenant, type, [[name, value]])).matches.map(({ id }) => id).sort()
}

test('§3.1.1.4.4 :of-type finds an identifier by its kind and value together', async () => {
  const find = await catalogue()

  assert.deepEqual(await find('Patient', 'identifier:of-type', `${kinds}|MR|446053`), ['mrn'])
  assert.deepEqual(await find('Patient', 'identifier:of-type', `${kinds}|MR|2`), [])
  assert.deepEqual(await find('Patient', 'identifier:of-type', `${kinds}|MR|1,${kinds}|PPN|446053`), [
    'both',
    'passport',
  ])
  assert.deepEqual(await find('Patient', 'identifier', '446053'), ['mrn', 'passport'])
  await assert.rejects(
    find('Patient', 'gender:of-type', 'a|b|c'),
    (error) =>
      error instanceof OutcomeError &&
      error.outcome.issue[0]?.details?.coding?.[0]?.code === 'search.bad-modifier',
  )
})

test('§3.1.1.4.14 :below finds uris by whole segments of their path, :above those they stand under', async () => {
  const find = await catalogue()
  const urls = (modifier: string, value: string) => find('ValueSet', `url${modifier}`, value)

  assert.deepEqual(await urls(':below', 'http://acme.org/fhir/ValueSet/123'), ['bed', 'room'])
  assert.deepEqual(await urls(':below', 'http://acme.org/fhir/'), ['bed', 'house', 'neighbour', 'room'])
  assert.deepEqual(await urls(':above', 'http://acme.org/fhir/ValueSet/123/_history/5'), [
    'bed',
    'house',
    'room',
  ])
  assert.deepEqual(await urls('', 'http://acme.org/fhir'), ['house'])
  assert.deepEqual(await urls(':below', 'urn:oid:1.2'), [])
  assert.deepEqual(await urls(':below', 'urn:oid:1.2.3'), ['urn'])
})

test('§3.1.1.4.12 :[type] says what a bare id is of, :identifier finds what is referred to by number', async () => {
  const find = await catalogue()

  assert.deepEqual(await find('Observation', 'subject:Patient', 'asha'), ['potassium'])
  assert.deepEqual(await find('Observation', 'subject:Group', 'asha'), [])
  assert.deepEqual(await find('Observation', 'subject:identifier', 'urn:mrn|77'), ['logical'])
})

test('§3.1.1.4.3 _list finds what a List names', async () => {
  const find = await catalogue()

  assert.deepEqual(await find('Patient', '_list', 'round'), ['both', 'mrn'])
  assert.deepEqual(await find('Patient', '_list', 'nowhere'), [])
  await assert.rejects(
    find('Patient', '_list', '$current-problems'),
    (error) =>
      error instanceof OutcomeError &&
      error.outcome.issue[0]?.details?.coding?.[0]?.code === 'search.bad-value',
  )
})
