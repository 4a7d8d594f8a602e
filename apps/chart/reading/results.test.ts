/** How observations read as results. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readObservation } from './observation.ts'
import { resultsOf } from './results.ts'
import { provenancesByTarget } from './source.ts'

const potassium = {
  resourceType: 'Observation',
  id: 'k1',
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3', display: 'Potassium' }], text: '钾' },
  effectiveDateTime: '2026-03-01T08:00:00+08:00',
  valueQuantity: { value: 6.1, unit: 'mmol/L' },
  interpretation: [{ coding: [{ code: 'HH' }] }],
  referenceRange: [{ low: { value: 3.5 }, high: { value: 5.3 } }],
  performer: [{ display: '检验科' }],
}
const resultsIn = (json: string) => resultsOf(readObservation(json))
const defined = (value: unknown) => JSON.parse(JSON.stringify(value))

test('a critical potassium shows value, unit, flag, range, time and source', () => {
  assert.deepEqual(defined(resultsIn(JSON.stringify(potassium))), [
    {
      test: 'http://loinc.org|2823-3 mmol/L',
      name: '钾',
      group: 'laboratory',
      key: 'Observation/k1',
      value: '6.1',
      unit: 'mmol/L',
      flag: 'critical-high',
      reference: '3.5–5.3',
      low: 3.5,
      high: 5.3,
      time: '2026-03-01T08:00:00+08:00',
      status: 'final',
      source: { text: '检验科' },
    },
  ])
})

test('zeros at the end of a decimal stay', () => {
  const json = JSON.stringify(potassium).replace('"value":6.1', '"value":6.10')
  assert.equal(resultsIn(json)[0]?.value, '6.10')
})

test('digits of a calculation are rounded and kept for the hover card', () => {
  const json = JSON.stringify(potassium).replace('"value":6.1', '"value":180.5581671802449')
  const [result] = resultsIn(json)
  assert.deepEqual([result?.value, result?.exact], ['180.6', '180.5581671802449'])
})

test('without an interpretation the value is held against the range that the sender gave', () => {
  const { interpretation: _, ...plain } = potassium
  const flagOf = (value: number) =>
    resultsIn(JSON.stringify({ ...plain, valueQuantity: { value, unit: 'mmol/L' } }))[0]?.flag
  assert.deepEqual([3.4, 3.5, 5.3, 5.4].map(flagOf), ['low', undefined, undefined, 'high'])
})

test('blood pressure is two tests of one observation', () => {
  const { valueQuantity: _, interpretation: __, referenceRange: ___, ...panel } = potassium
  const component = (code: string, value: number) => ({
    code: { coding: [{ system: 'http://loinc.org', code, display: code }] },
    valueQuantity: { value, unit: 'mm[Hg]' },
  })
  const results = resultsIn(
    JSON.stringify({ ...panel, component: [component('8480-6', 128), component('8462-4', 79)] }),
  )
  assert.deepEqual(
    results.map(({ test, value, key }) => [test, value, key]),
    [
      ['http://loinc.org|8480-6 mm[Hg]', '128', 'Observation/k1'],
      ['http://loinc.org|8462-4 mm[Hg]', '79', 'Observation/k1'],
    ],
  )
})

test('words, signs and missing values are shown as they are', () => {
  const { valueQuantity: _, interpretation: __, referenceRange: ___, ...plain } = potassium
  const shown = (value: object) => resultsIn(JSON.stringify({ ...plain, ...value }))[0]?.value
  assert.equal(shown({ valueString: '淡黄色' }), '淡黄色')
  assert.equal(shown({ valueCodeableConcept: { text: '阴性' } }), '阴性')
  assert.equal(shown({ valueBoolean: true }), '+')
  assert.equal(shown({ valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }), '1:128')
  assert.equal(shown({ valueQuantity: { value: 0.01, comparator: '<', unit: 'ng/mL' } }), '<0.01')
  assert.equal(shown({ dataAbsentReason: { text: '标本溶血' } }), '标本溶血')
})

test('what was entered in error is not shown', () => {
  assert.deepEqual(resultsIn(JSON.stringify({ ...potassium, status: 'entered-in-error' })), [])
})

test('the message that brought a result is its source', () => {
  const provenances = provenancesByTarget([
    {
      resourceType: 'Provenance',
      recorded: '2026-03-01T08:05:00+08:00',
      target: [{ reference: 'Observation/k1/_history/1' }],
      agent: [{ who: { display: 'LIS|QLYX' } }],
      entity: [{ role: 'source', what: { identifier: { system: 'urn:xinglin:message', value: 'm7' } } }],
    },
  ])
  const [result] = resultsOf(readObservation(JSON.stringify(potassium)), provenances)
  assert.deepEqual(result?.source, { text: '检验科 · LIS|QLYX', message: 'm7' })
})
