/** How results stand together in a table. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byDay, cumulativeTable, joinTables } from './cumulative.ts'
import type { TestResult } from './shapes.ts'

const result = (test: string, time: string, value: string): TestResult => ({
  test,
  name: test,
  group: test === 'pulse' ? 'vital-signs' : 'laboratory',
  key: `Observation/${test}-${time}`,
  value,
  time,
  status: 'final',
})
const shape = (table: ReturnType<typeof cumulativeTable>) => ({
  columns: table.columns,
  rows: table.rows.map(({ test, cells }) => [
    test,
    cells.map(({ column, results }) => [column, results.map(({ value }) => value).join('/')]),
  ]),
})

test('tests stand in rows by group, times in columns, newest first', () => {
  const table = cumulativeTable([
    result('pulse', '2026-01-02T08:00:00Z', '71'),
    result('Na', '2026-01-01T08:00:00Z', '138'),
    result('Na', '2026-01-02T08:00:00Z', '140'),
    result('K', '2026-01-02T08:00:00Z', '4.1'),
  ])
  assert.deepEqual(shape(table), {
    columns: ['2026-01-02T08:00:00Z', '2026-01-01T08:00:00Z'],
    rows: [
      ['K', [[0, '4.1']]],
      [
        'Na',
        [
          [0, '140'],
          [1, '138'],
        ],
      ],
      ['pulse', [[0, '71']]],
    ],
  })
})

test('two results of one test at one time stand together', () => {
  const time = '2026-01-01T08:00:00Z'
  const table = cumulativeTable([
    result('Na', time, '138'),
    { ...result('Na', time, '139'), key: 'Observation/b' },
  ])
  assert.deepEqual(shape(table).rows, [['Na', [[0, '138/139']]]])
})

test('a later page joins its columns behind, a shared time is one column', () => {
  const newer = cumulativeTable([
    result('Na', '2026-01-03T08:00:00Z', '141'),
    result('Na', '2026-01-02T08:00:00Z', '140'),
  ])
  const older = cumulativeTable([
    result('K', '2026-01-02T08:00:00Z', '4.1'),
    result('Na', '2026-01-01T08:00:00Z', '138'),
  ])
  assert.deepEqual(shape(joinTables([newer, older])), {
    columns: ['2026-01-03T08:00:00Z', '2026-01-02T08:00:00Z', '2026-01-01T08:00:00Z'],
    rows: [
      ['K', [[1, '4.1']]],
      [
        'Na',
        [
          [0, '141'],
          [1, '140'],
          [2, '138'],
        ],
      ],
    ],
  })
})

test('by the day each test shows its newest result of that day', () => {
  const table = cumulativeTable([
    result('Na', '2026-01-02T13:05:00Z', '141'),
    result('K', '2026-01-02T13:04:00Z', '4.1'),
    result('Na', '2026-01-02T06:00:00Z', '139'),
    result('Na', '2026-01-01T08:00:00Z', '138'),
  ])
  assert.deepEqual(shape(byDay(table, (moment) => moment.slice(0, 10))), {
    columns: ['2026-01-02T13:05:00Z', '2026-01-01T08:00:00Z'],
    rows: [
      ['K', [[0, '4.1']]],
      [
        'Na',
        [
          [0, '141'],
          [1, '138'],
        ],
      ],
    ],
  })
})
