/** Which typed words find whom. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Patient } from '@xinglin/fhir'
import { normalise, termsOf, weights } from './terms.ts'

const words = (patient: Omit<Patient, 'resourceType'>) =>
  Object.fromEntries(
    termsOf({ resourceType: 'Patient', ...patient }).map(({ term, weight }) => [term, weight]),
  )

test('张三 is found by characters, full pinyin, initials and the given name', () => {
  assert.deepEqual(words({ name: [{ family: '张', given: ['三'] }] }), {
    张三: weights.name,
    三: weights.givenName,
    zhangsan: weights.pinyin,
    zs: weights.initials,
    san: weights.givenPinyin,
  })
})

test('a surname of several readings is read as a surname', () => {
  assert.equal(words({ name: [{ family: '单', given: ['雄信'] }] }).shanxiongxin, weights.pinyin)
  assert.equal(words({ name: [{ family: '曾', given: ['国藩'] }] }).zengguofan, weights.pinyin)
})

test('a surname of two characters stays whole', () => {
  const found = words({ name: [{ text: '欧阳修', family: '欧阳', given: ['修'] }] })
  assert.deepEqual(found, {
    欧阳修: weights.name,
    修: weights.givenName,
    ouyangxiu: weights.pinyin,
    oyx: weights.initials,
    xiu: weights.givenPinyin,
  })
})

test('吕 is typed with v or with u', () => {
  const found = words({ name: [{ text: '吕布' }] })
  assert.deepEqual([found.lvbu, found.lubu], [weights.pinyin, weights.pinyin])
})

test('a western name is found by family or given name first, without accents', () => {
  assert.deepEqual(words({ name: [{ family: 'Núñez', given: ['José', 'Luis'] }] }), {
    joseluisnunez: weights.name,
    nunezjoseluis: weights.name,
    jose: weights.givenName,
    luis: weights.givenName,
    nunez: weights.givenName,
  })
})

test('every identifier and phone finds, a phone by its last four digits too', () => {
  assert.deepEqual(
    words({
      identifier: [{ value: 'MR-00012' }, { value: '37010219800517001X' }],
      telecom: [
        { system: 'phone', value: '+86 138-0531-2345' },
        { system: 'email', value: 'zs@example.org' },
      ],
    }),
    {
      mr00012: weights.identifier,
      '37010219800517001x': weights.identifier,
      '13805312345': weights.phone,
      '2345': weights.phoneTail,
    },
  )
})

test('what is typed is compared without case, spaces, accents and width', () => {
  assert.equal(normalise('  Zhāng  Sān '), 'zhangsan')
  assert.equal(normalise('ＭＲ－００１２'), 'mr0012')
  assert.equal(normalise('lǚ bù'), 'lubu')
})
