/** Names of concepts in both languages. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalOf, nameOf, otherNameOf, shortUrl } from './names.ts'

const english = {
  code: 'E11',
  display: 'Type 2 diabetes',
  designations: [
    { language: 'zh-CN', use: { code: 'synonym' }, value: '二型糖尿病' },
    { language: 'zh-CN', value: '2型糖尿病' },
  ],
}
const chinese = { code: 'W9', display: '九病区', designations: [{ language: 'en', value: 'Ward 9' }] }

test('a page shows the name in its language first, then the other one', () => {
  assert.deepEqual([nameOf(english, 'zh'), otherNameOf(english, 'zh')], ['2型糖尿病', 'Type 2 diabetes'])
  assert.deepEqual([nameOf(english, 'en'), otherNameOf(english, 'en')], ['Type 2 diabetes', '2型糖尿病'])
  assert.deepEqual([nameOf(chinese, 'zh'), otherNameOf(chinese, 'zh')], ['九病区', 'Ward 9'])
  assert.deepEqual([nameOf(chinese, 'en'), otherNameOf(chinese, 'en')], ['Ward 9', '九病区'])
})

test('a concept without names is called by its code', () => {
  const bare = { code: 'X', designations: [] }
  assert.deepEqual([nameOf(bare, 'zh'), otherNameOf(bare, 'zh')], ['X', undefined])
})

test('a canonical has a version where one stands behind the last bar', () => {
  assert.deepEqual(
    [
      canonicalOf('http://a.test/x|2'),
      canonicalOf('urn:x'),
      shortUrl('http://a.test/x'),
      shortUrl('urn:oid:1.2'),
    ],
    [{ url: 'http://a.test/x', version: '2' }, { url: 'urn:x' }, 'x', '1.2'],
  )
})
