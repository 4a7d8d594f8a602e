/** How strands of different kinds become one time line, page by page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { braid, happeningOf, resultHappenings } from './happenings.ts'
import type { Happening, TestResult } from './shapes.ts'

const at = (hour: number, key: string): Happening => ({
  key,
  type: 'Procedure',
  title: key,
  time: `2026-01-01T${String(hour).padStart(2, '0')}:00:00Z`,
})
const keys = (happenings: readonly Happening[]) => happenings.map(({ key }) => key)

test('whole strands braid into one page', () => {
  const page = braid([
    { happenings: [at(9, 'a'), at(5, 'b')], isCut: false },
    { happenings: [at(7, 'c')], isCut: false },
  ])
  assert.deepEqual([keys(page.happenings), page.before], [['a', 'c', 'b'], undefined])
})

test('a page ends where the first cut strand may hide something', () => {
  const page = braid([
    { happenings: [at(9, 'a'), at(8, 'b')], isCut: true },
    { happenings: [at(7, 'c'), at(1, 'd')], isCut: true },
  ])
  assert.deepEqual([keys(page.happenings), page.before], [['a', 'b'], '2026-01-01T08:00:00Z'])
})

test('what has no time stands at the end of the last page', () => {
  const { time: _, ...timeless } = at(1, 'x')
  assert.deepEqual(keys(braid([{ happenings: [timeless, at(3, 'a')], isCut: false }]).happenings), ['a', 'x'])
})

test('results of one time are one line, flagged ones first', () => {
  const result = (name: string, flag?: 'high'): TestResult => ({
    test: name,
    name,
    group: 'laboratory',
    key: `Observation/${name}`,
    value: '1',
    time: '2026-01-01T08:00:00Z',
    status: 'final',
    ...(flag ? { flag } : {}),
  })
  const [line, ...others] = resultHappenings([result('Na'), result('K', 'high')])
  assert.deepEqual([line?.results?.map(({ name }) => name), others.length], [['K', 'Na'], 0])
})

test('an admission reads as its reason and its place', () => {
  assert.deepEqual(
    happeningOf({
      resourceType: 'Encounter',
      id: 'e1',
      status: 'in-progress',
      class: { code: 'IMP' },
      period: { start: '2026-01-01T08:00:00+08:00' },
      reasonCode: [{ text: '社区获得性肺炎' }],
      location: [{ location: { display: '呼吸内科 12 床' } }],
    }),
    {
      key: 'Encounter/e1',
      type: 'Encounter',
      time: '2026-01-01T08:00:00+08:00',
      title: '社区获得性肺炎',
      detail: '呼吸内科 12 床',
      status: 'in-progress',
    },
  )
})
