/** The newest results on the first page: the last days of the tests that were measured then. */
import { Answered, useTimes, useWords } from '@xinglin/kit'
import { byDay } from '../reading/cumulative.ts'
import type { CumulativeTable } from '../reading/shapes.ts'
import { Nothing } from './block.tsx'
import { useRecord } from './record-place.ts'
import { ResultGrid } from './result-grid.tsx'
import { useResults } from './use-results.ts'
import { words } from './words.ts'

/** As many days as fit beside the names without scrolling, and rows without pushing the images off the page. */
const mostDays = 5
const mostTests = 14
/** Longer values are sentences of a report; they are read there. */
const longestValue = 16

export function LatestResults() {
  const say = useWords(words)
  const times = useTimes()
  const { show } = useRecord()
  const { answer } = useResults()
  return (
    <Answered answer={answer}>
      {(table) => {
        const latest = latestOf(byDay(table, times.day))
        if (latest.rows.length === 0) return <Nothing>{say('noResults')}</Nothing>
        return <ResultGrid table={latest} isWhole onTrend={(test) => show('results', { test })} />
      }}
    </Answered>
  )
}

function latestOf({ columns, rows }: CumulativeTable): CumulativeTable {
  const measured = rows.filter(({ cells }) =>
    cells.some(
      ({ column, results }) => column < mostDays && results.some(({ value }) => value.length <= longestValue),
    ),
  )
  const recent = (row: (typeof rows)[number]) => Math.min(...row.cells.map(({ column }) => column))
  const chosen = new Set(
    [...measured].sort((left, right) => recent(left) - recent(right)).slice(0, mostTests),
  )
  return { columns: columns.slice(0, mostDays), rows: rows.filter((row) => chosen.has(row)) }
}
