/** What is said of a resource in one line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resultsOf } from './bundle.ts'
import { resourceIn } from './json.ts'
import { momentOf, stateOf, subjectOf, titleOf, valueTextOf } from './summary.ts'

const potassium = `{"resourceType":"Observation","status":"final","code":{"text":"钾"},
  "subject":{"reference":"Patient/1","display":"林晓雨"},"effectivePeriod":{"start":"2026-03-02"},
  "valueQuantity":{"value":5.90,"comparator":">","unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}`

test('a result is said with its number as it was written, its unit, its moment and whose it is', () => {
  const resource = resourceIn(potassium)
  assert.ok(resource)
  assert.deepEqual(
    [titleOf, valueTextOf, stateOf, momentOf, subjectOf].map((say) => say(resource)),
    ['钾', '>5.90 mmol/L', 'final', '2026-03-02', { reference: 'Patient/1', display: '林晓雨' }],
  )
})

test('a name in Chinese is written without a space, the family first', () => {
  const names = [
    { family: '林', given: ['晓雨'] },
    { family: 'Rao', given: ['Asha'] },
  ].map((name) => titleOf({ resourceType: 'Patient', name: [name] }))
  assert.deepEqual(names, ['林晓雨', 'Asha Rao'])
})

test('a searchset tells its matches, its total and the question of the next page', () => {
  const text = JSON.stringify({
    resourceType: 'Bundle',
    total: 3,
    link: [{ relation: 'next', url: 'http://h.test/fhir/R4/Patient?_page=x' }],
    entry: [{ resource: { resourceType: 'Patient', id: '1' }, search: { mode: 'match' } }],
  })
  const { entries, total, next } = resultsOf({ text, tookMs: 1 })
  assert.deepEqual(
    [entries, total, next],
    [[{ resource: { resourceType: 'Patient', id: '1' }, mode: 'match' }], 3, '_page=x'],
  )
})
