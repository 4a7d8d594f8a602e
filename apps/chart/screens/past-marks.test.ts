/** The slider of a record's past: which instant is where. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayLabels, indexOfMoment, marksOf } from './past-marks.ts'

const dayOf = (at: string) => at.slice(0, 10)
const moments = [
  { at: '2026-03-01T08:00:00+08:00', changes: 1 },
  { at: '2026-03-01T09:00:00+08:00', changes: 2 },
  { at: '2026-03-02T08:00:00+08:00', changes: 1 },
  { at: '2026-03-05T08:00:00+08:00', changes: 1 },
]

test('an instant stands at the last change that it includes, the present at the end', () => {
  const places = [undefined, '2026-03-01T01:00:00Z', '2026-03-01T00:59:59Z', '2026-03-04', '2020-01-01']
  assert.deepEqual(
    places.map((asOf) => indexOfMoment(moments, asOf)),
    [3, 1, 0, 2, 0],
  )
})

test('each change has equal room, and the first of a day is marked', () => {
  assert.deepEqual(marksOf(moments, dayOf, 100), [
    { index: 0, share: 0, isNewDay: true },
    { index: 1, share: 1 / 3, isNewDay: false },
    { index: 2, share: 2 / 3, isNewDay: true },
    { index: 3, share: 1, isNewDay: true },
  ])
  assert.deepEqual(
    marksOf(moments, dayOf, 2).map(({ index }) => index),
    [0, 2, 3],
  )
})

test('days below the slider are few and stand once', () => {
  assert.deepEqual(dayLabels(moments, dayOf, 3), [
    { share: 0, day: '2026-03-01' },
    { share: 2 / 3, day: '2026-03-02' },
  ])
  assert.deepEqual(dayLabels(moments.slice(0, 1), dayOf, 3), [])
})
