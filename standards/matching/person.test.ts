/** People as desks of China register them: what is told apart, and what is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparePeople, personFields } from './compare.ts'
import { compareAddresses, phoneDigits } from './contacts.ts'
import { compareDates } from './dates.ts'
import { checkCharacter, citizenNumber } from './identity-number.ts'
import { blockingKeys } from './keys.ts'
import { compareNames, nameOf } from './names.ts'
import { personOf } from './person.ts'
import { usualModel, usualThresholds } from './usual.ts'
import { judge } from './verdict.ts'

const citizenSystem = 'urn:oid:2.16.156.10011.1.3'
const named = (text: string, isFormer = false) => {
  const name = nameOf(text, { isFormer })
  assert.ok(name)
  return name
}

test('an identity number of fifteen digits is one of eighteen, and tells sex, birth date and division', () => {
  // The number of the standard's own example, GB 11643-1999 §4: 11010519491231002X.
  assert.deepEqual(citizenNumber('11010519491231002x'), {
    number: '11010519491231002X',
    isValid: true,
    division: '110105',
    sex: 'female',
    birthDate: '1949-12-31',
  })
  assert.equal(citizenNumber('110105 491231 002')?.number, '11010519491231002X')
  assert.equal(citizenNumber('110105194912310021')?.isValid, false)
  assert.equal(citizenNumber('110105194902300020')?.birthDate, undefined)
  assert.equal(citizenNumber('G12345678'), undefined)
})

test('no single wrong digit and no swap of neighbours leaves a number valid', () => {
  const number = `37010219840118406${checkCharacter('37010219840118406')}`
  for (const [place, digit] of Array.from(number).slice(0, 17).entries()) {
    for (let other = 0; other < 10; other++) {
      if (String(other) === digit) continue
      const wrong = Array.from(number).with(place, String(other)).join('')
      assert.equal(citizenNumber(wrong)?.isValid, false)
    }
    const next = number.charAt(place + 1)
    if (place >= 16 || digit === next) continue
    const swapped = Array.from(number)
      .with(place, next)
      .with(place + 1, digit)
      .join('')
    assert.equal(citizenNumber(swapped)?.isValid, false)
  }
})

test('names are compared as they are heard, typed and rewritten', () => {
  const cases = [
    ['张 伟', '張偉', 'same'],
    ['张伟', '章伟', 'sound'],
    ['单田芳', '善田芳', 'sound'],
    ['李玲', '李琳', 'similar'],
    ['欧阳雪', '欧雪', 'similar'],
    ['王小明', '小明王', 'similar'],
    ['王子轩', '王子涵', 'part'],
    ['Zhang San', '张三', 'sound'],
    ['SMITH John', 'John Smith', 'same'],
    ['赵四', '钱五', 'different'],
  ] as const
  assert.deepEqual(
    cases.map(([left, right]) => compareNames(named(left), named(right))),
    cases.map(([, , level]) => level),
  )
  assert.equal(compareNames(named('王芳', true), named('王芳')), 'former')
})

test('birth dates forgive the slips that people make', () => {
  const cases = [
    ['1990-02-10', '1990-02-10', 'same'],
    ['1990-02-10', '1990-10-02', 'plausible'],
    ['1978-03-04', '1987-03-04', 'plausible'],
    ['1990-02-10', '1990-02-16', 'plausible'],
    // 10 February 1990 was the fifteenth of the first month.
    ['1990-02-10', '1990-01-15', 'plausible'],
    ['1990', '1990-02-10', 'year'],
    ['1990-05-20', '1990-02-11', 'close'],
    ['1990-02-10', '1961-07-09', 'different'],
  ] as const
  assert.deepEqual(
    cases.map(([left, right]) => compareDates(left, right)),
    cases.map(([, , level]) => level),
  )
})

test('phones and addresses lose what everybody writes differently', () => {
  assert.equal(phoneDigits('+86 138-0013-8000'), '13800138000')
  assert.equal(phoneDigits('11111111111'), undefined)
  const home = { text: '山东省济南市历下区泉城路8·3·2·101', division: '370102' }
  assert.equal(compareAddresses(home, { text: '泉城路8·3·2·101' }), 'same')
  assert.equal(compareAddresses(home, { text: '解放路1', division: '370102' }), 'area')
})

const zhang = {
  name: [{ text: '张伟' }],
  gender: 'male',
  birthDate: '1984-01-18',
  identifier: [{ system: citizenSystem, value: '370102198401184079' }],
  telecom: [{ system: 'phone', value: '13800138000' }],
  address: [{ state: '山东省', city: '济南市', district: '历下区', line: ['泉城路8号3号楼2单元101室'] }],
}
const number = `37010219840118407${checkCharacter('37010219840118407')}`
const asha = personOf({ ...zhang, identifier: [{ system: citizenSystem, value: number }] })
const people = [
  asha,
  personOf({ name: [{ text: '章伟' }], birthDate: '1984-01-18' }),
  personOf({ name: [{ text: '王芳之女' }], gender: 'female', birthDate: '2026-01-01' }),
  personOf({ name: [{ text: '无名氏' }], gender: 'male' }),
  personOf({ name: [{ family: 'Smith', given: ['John'] }], telecom: [{ value: '13800138000' }] }),
  personOf({}),
]
const judging = { model: usualModel(100_000), thresholds: usualThresholds }

test('a comparison does not depend on who stands left, and nobody differs from himself', () => {
  for (const left of people) {
    // Who has a phone alone agrees with himself by the phone alone.
    const [contact = -1, ...others] = comparePeople(left, left).toReversed()
    assert.deepEqual([contact <= 2, others.every((level) => level <= 0)], [true, true])
    for (const right of people) {
      assert.deepEqual(comparePeople(left, right), comparePeople(right, left))
      assert.deepEqual(judge(left, right, judging), judge(right, left, judging))
    }
  }
})

test('what agrees less never weighs more: each worse name lowers the weight', () => {
  const weights = ['张伟', '张炜', '张未', '张强', '李军'].map(
    (text) => judge(asha, personOf({ ...zhang, identifier: [], name: [{ text }] }), judging).score.bits,
  )
  assert.deepEqual(
    weights,
    weights.toSorted((left, right) => right - left),
  )
})

test('a child under a parent’s card is not that parent', () => {
  const child = personOf({
    ...{ name: [{ text: '张小宝' }], birthDate: '2020-05-01', telecom: zhang.telecom },
    identifier: [{ system: citizenSystem, value: number }],
  })
  assert.deepEqual(child.citizen, [])
  assert.equal(judge(asha, child, judging).outcome, 'apart')
})

test('newborns under the mother’s name and unnamed patients are never joined without a person', () => {
  const mother = { birthDate: '2026-01-01', telecom: zhang.telecom, address: zhang.address }
  const baby = personOf({ ...mother, name: [{ text: '王芳之女' }], gender: 'female' })
  const named = personOf({ ...mother, name: [{ text: '张梓涵' }], gender: 'female' })
  const { outcome, objections } = judge(baby, named, judging)
  assert.deepEqual([outcome, objections], ['doubtful', ['placeholder']])
  assert.equal(personOf({ name: [{ text: '急诊无名氏3' }] }).stands, 'unnamed')
})

test('twins share a birthday, a home and a phone, and stay two', () => {
  const twin = (text: string) =>
    personOf({ ...zhang, identifier: [], name: [{ text }], birthDate: '2018-03-03' })
  const { outcome, objections } = judge(twin('张子轩'), twin('张子涵'), judging)
  assert.deepEqual([outcome, objections], ['doubtful', ['twins', 'name-differs']])
})

test('two valid identity numbers keep two people apart whatever else agrees', () => {
  const other = `37010219840118411${checkCharacter('37010219840118411')}`
  const namesake = personOf({ ...zhang, identifier: [{ system: citizenSystem, value: other }] })
  const { outcome, objections } = judge(asha, namesake, judging)
  assert.deepEqual([outcome, objections], ['doubtful', ['two-numbers']])
})

test('a pair is explained field by field: level, weight, sum and probability', () => {
  const double = personOf({ ...zhang, identifier: [], name: [{ text: '章伟' }] })
  const verdict = judge(asha, double, judging)
  assert.deepEqual(
    verdict.score.fields.map(({ field, level, bits }) => [field, level, Math.round(bits)]),
    [
      ['name', 'sound', 11],
      ['birthDate', 'same', 15],
      ['sex', 'same', 1],
      ['citizen', undefined, 0],
      ['document', undefined, 0],
      ['contact', 'both', 16],
    ],
  )
  assert.deepEqual([verdict.outcome, verdict.evidence], ['certain', ['name-birth-contact', 'name-birth']])
  assert.deepEqual(personFields.length, verdict.score.fields.length)
})

test('each error leaves a key that still brings the pair together', () => {
  const keys = new Set(blockingKeys(asha))
  const wrongs = [
    { ...zhang, name: [{ text: '章伟' }], identifier: [] },
    { ...zhang, name: [{ text: '张玮强' }], identifier: [], telecom: [] },
    { ...zhang, birthDate: '1984-10-18', identifier: [], telecom: [] },
    { ...zhang, birthDate: '1948-01-18', identifier: [], telecom: [] },
    {
      name: [{ text: '赵四' }],
      identifier: [{ system: citizenSystem, value: number.replace('3701', '3071') }],
    },
  ]
  for (const wrong of wrongs) assert.ok(blockingKeys(personOf(wrong)).some((key) => keys.has(key)))
})
