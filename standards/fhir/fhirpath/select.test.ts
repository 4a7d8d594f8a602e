/** FHIRPath §5 and §9: what an expression finds in a resource, and of which types it can be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotSelected } from './not-selected.ts'
import { resultTypes } from './result-types.ts'
import { pathTree, selectPath } from './select.ts'

const asha = {
  resourceType: 'Patient',
  name: [{ use: 'official', family: ' Verma ', given: ['Asha', 'Devi', 'Asha'] }, { text: 'A. Verma' }],
  birthDate: '1984-03-02',
  generalPractitioner: [{ reference: 'Practitioner/d1' }, { reference: 'http://h.test/Organization/o1' }],
}
const shapes: readonly (readonly [
  expression: string,
  values: readonly unknown[],
  types: readonly string[],
])[] = [
  ['Patient.name.given.first().upper()', ['ASHA'], ['string']],
  ['Patient.name.family.trim().lower()', ['verma'], ['string']],
  ["Patient.name.first().select(given.first() & ' ' & family.trim())", ['Asha Verma'], ['string']],
  ['Patient.name.given.distinct()', ['Asha', 'Devi'], ['string']],
  ['Patient.name.given.union(Patient.name.text)', ['Asha', 'Devi', 'A. Verma'], ['string']],
  ['Patient.birthDate.substring(0, 4)', ['1984'], ['string']],
  ['Patient.birthDate.substring(20)', [], ['string']],
  ["Patient.birthDate.split('-')", ['1984', '03', '02'], ['string']],
  ["Patient.birthDate.replace('-', '')", ['19840302'], ['string']],
  ["Patient.name.given.join('/')", ['Asha/Devi/Asha'], ['string']],
  ["Patient.birthDate + 'T'", ['1984-03-02T'], ['string']],
  ['Patient.name.count() + 1', [3], ['decimal']],
  ['Patient.name.text.length()', [8], ['decimal']],
  ["iif(Patient.active, 'yes', 'no')", ['no'], ['string']],
  ['Patient.generalPractitioner.where(resolve() is Practitioner).reference', ['Practitioner/d1'], ['string']],
  ['Patient.name.exists(use = %resource.name.first().use)', [true], ['boolean']],
]

for (const [expression, values, types] of shapes) {
  test(`${expression} is ${JSON.stringify(values)}`, () => {
    assert.deepEqual(
      selectPath(asha, expression).map(({ value }) => value),
      values,
    )
    assert.deepEqual(resultTypes(pathTree(expression), 'Patient'), types)
  })
}

for (const expression of [
  'Patient.name.shoe',
  "Patient.name.given.matches('(a+)+$')",
  'Patient.name.ofType(Address)',
  '%previous.name',
  'Patient.name.',
]) {
  test(`${expression} is refused before there is any resource`, () => {
    assert.throws(() => resultTypes(pathTree(expression), 'Patient'), NotSelected)
  })
}

test('an expression that would go through all names for each name of each name is given up', () => {
  const names = Array.from({ length: 60 }, (_, at) => ({ family: `F${at}` }))
  const inner = 'Patient.name.where(%resource.name.all(%resource.name.all(family.exists())))'

  assert.throws(() => selectPath({ ...asha, name: names } as typeof asha, inner), /too many steps/)
})
