/** Results as a cumulative table: rows are tests, columns are times, newest first. */
import { newestFirst } from './codes.ts'
import type { CumulativeTable, Result, TestResult, TestRow } from './shapes.ts'

const groupOrder = { laboratory: 0, 'vital-signs': 1, other: 2 } as const
/** A test's panel by its `test`, as reports tell it. */
export type Panels = ReadonlyMap<string, string>

/** The table of some results; results without a time are left out (they stand in the time line). */
export function cumulativeTable(results: readonly TestResult[], panels: Panels = new Map()): CumulativeTable {
  const timed = newestFirst(
    results.filter(({ time }) => time !== undefined),
    ({ time }) => time,
  )
  const columns = [...new Set(timed.map(({ time = '' }) => time))]
  const columnAt = new Map(columns.map((time, column) => [time, column]))
  const byTest = Map.groupBy(timed, ({ test }) => test)
  const rows = [...byTest.values()].flatMap((ofTest) => rowOf(ofTest, columnAt, panels) ?? [])
  return { columns, rows: rows.sort(inReadingOrder) }
}

/** Pages of one table as one: columns of equal times fall together, results that stand in two pages are shown once. */
export function joinTables(tables: readonly CumulativeTable[]): CumulativeTable {
  const [only] = tables
  if (only && tables.length === 1) return only
  const results = tables.flatMap(({ rows }) => rows.flatMap(resultsOfRow))
  const panels = new Map(
    tables.flatMap(({ rows }) => rows.flatMap(({ test, panel }) => (panel ? [[test, panel] as const] : []))),
  )
  const once = new Map(results.map((result) => [`${result.key} ${result.test}`, result]))
  return cumulativeTable([...once.values()], panels)
}

/** The table with one column a day: the newest result of each test on that day. `dayOf` gives a moment's day in the hospital. */
export function byDay(
  { columns, rows }: CumulativeTable,
  dayOf: (moment: string) => string,
): CumulativeTable {
  const days = [...Map.groupBy(columns, dayOf).keys()]
  const dayAt = columns.map((time) => days.indexOf(dayOf(time)))
  return {
    columns: days.map((day) => columns.find((time) => dayOf(time) === day) ?? day),
    rows: rows.map((row) => ({ ...row, cells: cellsByDay(row.cells, dayAt) })),
  }
}

function cellsByDay(cells: TestRow['cells'], dayAt: readonly number[]): TestRow['cells'] {
  const newestFirstCells = [...cells].sort((left, right) => left.column - right.column)
  const ofDay = Map.groupBy(newestFirstCells, ({ column }) => dayAt[column] ?? 0)
  return [...ofDay].map(([column, [newest]]) => ({ column, results: newest?.results ?? [] }))
}

function resultsOfRow({ test, name, group, cells }: TestRow): readonly TestResult[] {
  return cells.flatMap(({ results }) => results.map((result) => ({ ...result, test, name, group })))
}

function rowOf(
  results: readonly TestResult[],
  columnAt: ReadonlyMap<string, number>,
  panels: Panels,
): TestRow | undefined {
  const [newest] = results
  if (!newest) return undefined
  const cells = Map.groupBy(results, ({ time = '' }) => columnAt.get(time) ?? 0)
  return {
    test: newest.test,
    name: newest.name,
    group: newest.group,
    panel: panels.get(newest.test),
    unit: newest.unit,
    reference: results.find(({ reference }) => reference)?.reference,
    cells: [...cells].map(([column, inCell]) => ({ column, results: inCell.map(withoutTest) })),
  }
}

function withoutTest({ test: _test, name: _name, group: _group, ...result }: TestResult): Result {
  return result
}

function inReadingOrder(left: TestRow, right: TestRow): number {
  return (
    groupOrder[left.group] - groupOrder[right.group] ||
    (left.panel ?? '\uffff').localeCompare(right.panel ?? '\uffff', 'zh-Hans-CN') ||
    left.name.localeCompare(right.name, 'zh-Hans-CN')
  )
}
