/** How open screens come, stay and go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf, awake, awakeTabs, close, entitle, mostTabs, type Tab, visit } from './tabs.ts'

const open = (...addresses: readonly string[]) =>
  addresses.reduce<readonly Tab[]>((tabs, address) => {
    const [pathname = '', query = ''] = address.split('?')
    return visit(tabs, pathname, query)
  }, [])

test('a screen opened twice is one tab with its latest query', () => {
  assert.deepEqual(open('/chart?find=zs', '/chart/patients/7', '/chart?find=ls').map(addressOf), [
    '/chart?find=ls',
    '/chart/patients/7',
  ])
})

test('closing the present tab shows the one visited before', () => {
  const { tabs, next } = close(open('/a', '/b', '/c', '/a', '/c'), '/c')
  assert.deepEqual([tabs.map(addressOf), next], [['/a', '/b'], '/a'])
})

test('closing the last tab shows nothing', () => {
  assert.deepEqual(close(open('/a'), '/a'), { tabs: [], next: undefined })
})

test('only the latest visited stay drawn, and the longest unused one closes when there are too many', () => {
  const many = open(...Array.from({ length: mostTabs + 1 }, (_, index) => `/${index}`))
  assert.equal(many.length, mostTabs)
  assert.equal(many[0]?.pathname, '/1')
  assert.deepEqual([...awake(many)].length, awakeTabs)
  assert.ok(awake(many).has(`/${mostTabs}`))
})

test('a screen names its own tab', () => {
  assert.deepEqual(
    entitle(open('/a', '/b'), '/b', '张三').map(({ title }) => title),
    [undefined, '张三'],
  )
})

test('a name that a tab has already changes nothing, so that naming it ends', () => {
  const named = entitle(open('/a', '/b'), '/b', '张三')
  assert.equal(entitle(named, '/b', '张三'), named)
})
