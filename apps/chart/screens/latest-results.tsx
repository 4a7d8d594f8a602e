/** The newest results on the first page: the last times of the tests that were measured then. */
import { Answered, useWords } from '@xinglin/kit'
import type { CumulativeTable } from '../reading/shapes.ts'
import { Nothing } from './block.tsx'
import { useRecord } from './record-place.ts'
import { ResultGrid } from './result-grid.tsx'
import { useResults } from './use-results.ts'
import { words } from './words.ts'

/** As many times as fit beside the names without scrolling, and rows without pushing the images off the page. */
const mostTimes = 5
const mostTests = 14

export function LatestResults() {
  const say = useWords(words)
  const { show } = useRecord()
  const { answer } = useResults()
  return (
    <Answered answer={answer}>
      {(table) => {
        const latest = latestOf(table)
        if (latest.rows.length === 0) return <Nothing>{say('noResults')}</Nothing>
        return <ResultGrid table={latest} isWhole onTrend={(test) => show('results', { test })} />
      }}
    </Answered>
  )
}

function latestOf({ columns, rows }: CumulativeTable): CumulativeTable {
  const measured = rows.filter(({ cells }) => cells.some(({ column }) => column < mostTimes))
  const recent = (row: (typeof rows)[number]) => Math.min(...row.cells.map(({ column }) => column))
  const chosen = new Set(
    [...measured].sort((left, right) => recent(left) - recent(right)).slice(0, mostTests),
  )
  return { columns: columns.slice(0, mostTimes), rows: rows.filter((row) => chosen.has(row)) }
}
