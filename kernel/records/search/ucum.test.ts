/** FHIR R4 search.html §3.1.1.4.11: quantities are compared over units of the same kind, by UCUM. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aResult, asha } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'
import { otherUnits, ucumSystem } from './ucum.ts'

test('§3.1.1.4.11 a weight in grams is found in kilograms, a concentration by its amount but not by a count', async () => {
  const { records } = await emptyRecord()
  await store(
    records,
    asha,
    aResult({ for: asha, id: 'newborn', code: '29463-7', value: 3150, unit: 'g' }),
    aResult({ for: asha, id: 'adult', code: '29463-7', value: 70, unit: 'kg' }),
    aResult({ for: asha, id: 'potassium', value: 5.4, unit: 'mmol/L' }),
    aResult({ for: asha, id: 'fever', code: '8310-5', value: 39.2, unit: 'Cel' }),
    aResult({ for: asha, id: 'white-cells', code: '6690-2', value: 5.4, unit: '10*9/L' }),
  )
  const find = async (name: string, value: string) =>
    (await records.search(qilu.tenant, 'Observation', [[name, value]])).matches.map(({ id }) => id).sort()
  const size = (prefixed: string, unit: string) => find('value-quantity', `${prefixed}|${ucumSystem}|${unit}`)

  assert.deepEqual(await size('3.15', 'kg'), ['newborn'])
  assert.deepEqual(await size('lt80000', 'g'), ['adult', 'newborn'])
  assert.deepEqual(await size('5400', 'umol/L'), ['potassium'])
  assert.deepEqual(await size('gt5400', 'umol/L'), [])
  assert.deepEqual(await size('ge5400', 'umol/L'), ['potassium'])
  assert.deepEqual(await size('gt102', '[degF]'), ['fever'])
  assert.deepEqual(await size('gt0', '/L'), ['white-cells'])
  assert.deepEqual(await size('gt0', '[IU]/L'), [])
  assert.deepEqual(await find('code-value-quantity', `29463-7$lt4|${ucumSystem}|kg`), ['newborn'])
})

test('units of one kind are those that a factor joins', () => {
  assert.deepEqual(otherUnits('Cel').toSorted(), ['K', '[degF]', '[degR]'])
  assert.deepEqual(otherUnits('no such unit'), [])
  assert.equal(otherUnits('mmol/L').includes('umol/L'), true)
  assert.equal(otherUnits('mmol/L').includes('10*9/L'), false)
  assert.equal(otherUnits('[IU]/L').includes('/L'), false)
})
