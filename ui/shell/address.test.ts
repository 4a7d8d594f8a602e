/** Which address opens which screen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchScreen, splitAddress, withSearch } from './address.ts'
import { choicesOf } from './choices.ts'

const screens = [{ path: '/chart' }, { path: '/chart/patients/:id' }, { path: '/chart/patients/new' }]
const match = (pathname: string) => matchScreen(screens, pathname)

test('parts of the address become parameters, decoded', () => {
  assert.deepEqual(match('/chart/patients/a%2Fb'), { screen: screens[1], params: { id: 'a/b' } })
})

test('a fixed part wins over a parameter', () => {
  assert.equal(match('/chart/patients/new')?.screen, screens[2])
})

test('what fits no screen opens none', () => {
  assert.equal(match('/chart/patients'), undefined)
  assert.equal(match('/chart/patients/7/more'), undefined)
  assert.equal(match('/chart/patients/%E0%A4%A'), undefined)
})

test('a query is set and taken out without touching the rest', () => {
  assert.equal(withSearch('/chart?find=zs&row=2', { row: undefined, kind: 'x y' }), '/chart?find=zs&kind=x+y')
  assert.equal(withSearch('/chart?find=zs', { find: '' }), '/chart')
  assert.deepEqual(splitAddress('/chart?a=b?c'), { pathname: '/chart', query: 'a=b?c' })
})

test('the command bar offers what was found before screens and acts that fit', () => {
  const found = [{ key: 'p', group: '患者', title: '张三' }]
  const fixed = [
    { key: 's', group: '页面', title: '审计日志', words: '审计日志 Audit trail' },
    { key: 'a', group: '操作', title: '退出', words: '退出 sign out' },
  ]
  assert.deepEqual(
    choicesOf('AUDIT', found, fixed).map(({ key }) => key),
    ['p', 's'],
  )
  assert.deepEqual(
    choicesOf('', found, fixed).map(({ key }) => key),
    ['s', 'a'],
  )
})
