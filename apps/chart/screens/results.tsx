/** All results: the cumulative table with its filters, and the trend of the chosen test beside it. */
import { CloseOutlined } from '@ant-design/icons'
import { Answered, Empty, useScreen, useWords } from '@xinglin/kit'
import { Button, Checkbox, Input } from 'antd'
import { lazy, Suspense, useMemo } from 'react'
import type { CumulativeTable } from '../reading/shapes.ts'
import { ResultGrid } from './result-grid.tsx'
import { useResults } from './use-results.ts'
import { words } from './words.ts'

const Trend = lazy(() => import('./trend.tsx').then((module) => ({ default: module.Trend })))

export function Results() {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const { answer, more, isLoadingMore } = useResults()
  const test = search.get('test') ?? undefined
  return (
    <Answered answer={answer}>
      {(table) =>
        table.rows.length === 0 ? (
          <Empty title={say('noResults')}>{say('noResultsHelp')}</Empty>
        ) : (
          <div className="chart-results">
            <div className="chart-filters x-no-print">
              <Input
                allowClear
                className="chart-filter"
                placeholder={say('filterTests')}
                aria-label={say('filterTests')}
                value={search.get('filter') ?? ''}
                onChange={(event) => setSearch({ filter: event.target.value })}
              />
              <Checkbox
                checked={search.get('flagged') === '1'}
                onChange={(event) => setSearch({ flagged: event.target.checked ? '1' : undefined })}
              >
                {say('onlyFlagged')}
              </Checkbox>
              {more ? (
                <Button size="small" onClick={more} loading={isLoadingMore}>
                  {say('earlier')}
                </Button>
              ) : null}
            </div>
            <FilteredGrid table={table} test={test} />
            {test ? (
              <aside className="chart-trend" aria-label={say('trend')}>
                <Button
                  type="text"
                  size="small"
                  className="chart-trend-close"
                  icon={<CloseOutlined />}
                  aria-label={say('close')}
                  onClick={() => setSearch({ test: undefined })}
                />
                <Suspense>
                  <Trend test={test} />
                </Suspense>
              </aside>
            ) : null}
          </div>
        )
      }
    </Answered>
  )
}

function FilteredGrid({
  table,
  test,
}: {
  readonly table: CumulativeTable
  readonly test: string | undefined
}) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const filter = (search.get('filter') ?? '').toLowerCase()
  const isFlaggedOnly = search.get('flagged') === '1'
  const filtered = useMemo(() => {
    const rows = table.rows.filter(
      ({ name, panel, cells }) =>
        `${name} ${panel ?? ''}`.toLowerCase().includes(filter) &&
        (!isFlaggedOnly || cells.some(({ results }) => results.some(({ flag }) => flag))),
    )
    return { ...table, rows }
  }, [table, filter, isFlaggedOnly])
  if (filtered.rows.length === 0) return <Empty title={say('noMatches')} />
  return <ResultGrid table={filtered} chosen={test} onTrend={(next) => setSearch({ test: next })} />
}
