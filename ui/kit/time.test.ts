/** Moments and ages as staff read them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ageOn, ageText, dayText, fullMomentText, momentText } from './time.ts'

const style = {
  zone: 'Asia/Shanghai',
  language: 'zh',
  nowMs: Date.parse('2026-11-23T02:30:00+08:00'),
} as const

test('today shows the time alone, this year the day, another year the year', () => {
  assert.equal(momentText('2026-11-22T18:05:00Z', style), '02:05')
  assert.equal(momentText('2026-11-22T23:59:00+08:00', style), '11-22 23:59')
  assert.equal(momentText('2025-11-22T09:00:00+08:00', style), '2025-11-22 09:00')
})

test('a date without a time stays a date, nothing stays nothing', () => {
  assert.equal(momentText('2026-11', style), '2026-11')
  assert.equal(momentText(undefined, style), '')
  assert.equal(dayText('2026-11-22T18:05:00Z', style), '2026-11-23')
})

test('the full moment tells seconds in the hospital zone', () => {
  assert.equal(fullMomentText('2026-11-22T16:00:07Z', style), '2026-11-23 00:00:07')
})

test('age is told in days for newborns, months for infants, else years', () => {
  const told = (born: string) => ageText(ageOn(born, '2026-03-02'), 'zh')
  assert.deepEqual(
    [
      '2026-03-02',
      '2026-02-27',
      '2026-02-03',
      '2026-02-02',
      '2024-03-03',
      '2024-03-02',
      '1970-03-03',
      '1970-03-02',
    ].map(told),
    ['0天', '3天', '27天', '1个月', '23个月', '2岁', '55岁', '56岁'],
  )
})

test('a birth date in the future or without a day tells no wrong age', () => {
  assert.equal(ageOn('2026-04-01', '2026-03-02'), undefined)
  assert.equal(ageOn('2025', '2026-03-02'), undefined)
  assert.deepEqual(ageOn('1980', '2026-03-02'), { value: 46, unit: 'year' })
})
