/** A search as the builder keeps it and as its address says it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  criteriaOf,
  curlOf,
  isPublic,
  queryText,
  readQuery,
  splitKey,
  splitPrefix,
  withPrefix,
} from './query.ts'

const written =
  'Observation?code=http://loinc.org|2823-3&date=ge2026-01-01&name:exact=%E6%9D%8E+%26&_sort=-date'

test('what is written is read and written again', () => {
  const draft = readQuery(written)
  assert.ok(draft)
  assert.deepEqual(
    draft.pairs.map(({ key, value }) => [key, value]),
    [
      ['code', 'http://loinc.org|2823-3'],
      ['date', 'ge2026-01-01'],
      ['name:exact', '李 &'],
      ['_sort', '-date'],
    ],
  )
  assert.equal(queryText(draft), written.replace('://', ':/' + '/').replace('+', '%20'))
  assert.deepEqual(
    criteriaOf(draft).map(({ key }) => key),
    ['code', 'date', 'name:exact'],
  )
})

test('whole addresses, commands and forms of a search are read; anything else is not', () => {
  assert.deepEqual(
    [
      'https://h.test/fhir/R4/Patient?x=1',
      'GET /fhir/R4/Patient',
      'Patient/_search?x=1',
      'Patient/1',
      'patient?x=1',
      '',
    ].map((text) => readQuery(text)?.type),
    ['Patient', 'Patient', 'Patient', undefined, undefined, undefined],
  )
})

test('modifiers and prefixes stand apart, chains stay whole', () => {
  assert.deepEqual(
    ['name:exact', 'subject:Patient.name', '_has:Observation:patient:code', 'name'].map(splitKey),
    [
      { name: 'name', modifier: 'exact' },
      { name: 'subject:Patient.name', modifier: '' },
      { name: '_has:Observation:patient:code', modifier: '' },
      { name: 'name', modifier: '' },
    ],
  )
  assert.deepEqual(splitPrefix('ge5.4'), { prefix: 'ge', rest: '5.4' })
  assert.equal(withPrefix('eq', '5.4') + withPrefix('lt', '2'), '5.4lt2')
})

test('the command keeps what would end its quotes', () => {
  const draft = { type: 'Patient', pairs: [{ id: 0, key: 'name', value: "O'Neill" }] }
  assert.match(curlOf(draft, 'https://h.test'), /'https:\/\/h\.test\/fhir\/R4\/Patient\?name=O%27Neill'$/)
})

test('only what tells of no patient may stand in the address of the page', () => {
  const codes = new Map([['status', new Set(['final'])]])
  const isFine = (text: string) => {
    const draft = readQuery(text)
    assert.ok(draft)
    return isPublic(draft, codes)
  }
  assert.deepEqual(
    [
      'Observation?status=final&_sort=-date&_count=5',
      'Observation?status:not=http://hl7.org/fhir/observation-status|final',
      'Observation?_lastUpdated=gt2026-01-01',
      'Observation?status=张三',
      'Observation?patient=Patient/1',
      'Patient?name=x',
      'Patient?birthdate:missing=true',
    ].map(isFine),
    [true, true, true, false, false, false, true],
  )
})
