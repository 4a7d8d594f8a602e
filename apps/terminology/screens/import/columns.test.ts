/** The columns of a CSV file, and how they are told to the import. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnsIn, columnsText, untellable } from './columns.ts'

test('what a column holds is guessed from its name, and shown with a value', () => {
  const columns = columnsIn(
    '\ufeff编码,名称,英文名称,上级编码,科室\r\nE11,"2型糖尿病, ""成人""",Type 2,E10-E14,内分泌\r\n',
  )

  assert.deepEqual(
    columns.map(({ name, role, example }) => [name, role, example]),
    [
      ['编码', 'code', 'E11'],
      ['名称', 'display', '2型糖尿病, "成人"'],
      ['英文名称', 'designation:en', 'Type 2'],
      ['上级编码', 'parent', 'E10-E14'],
      ['科室', 'property', '内分泌'],
    ],
  )
  assert.equal(
    columnsText(columns),
    'code=编码,display=名称,designation:en=英文名称,parent=上级编码,property:科室=科室',
  )
})

test('tabs, own words of the import, and columns that are left out', () => {
  const columns = columnsIn('code\tdisplay\tdesignation:fr\tproperty:organ\tnote\nA\tB\tC\tD\tE\n')

  assert.equal(
    columnsText(columns.map((each) => (each.name === 'note' ? { ...each, role: 'none' } : each))),
    'code=code,display=display,designation:fr=designation:fr,property:organ=property:organ',
  )
})

test('a name with a comma cannot be told, and an empty file has no columns', () => {
  assert.equal(untellable(columnsIn('code,"a,b"\n')), 'a,b')
  assert.deepEqual(columnsIn(''), [{ name: '', example: '', role: 'property' }])
})
