/** The cumulative table: tests in rows, times in columns, names and heads that stay, rows drawn as they are scrolled to. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { nextRow, useTimes, useWords } from '@xinglin/kit'
import { type KeyboardEvent, memo, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { CumulativeTable, TestRow } from '../reading/shapes.ts'
import { ResultValue } from './result-value.tsx'
import { words } from './words.ts'

const rowPx = 28
const columnPx = 92
const wholeColumnPx = 78

type Props = {
  readonly table: CumulativeTable
  readonly chosen?: string | undefined
  /** Drawn whole, without a scroll box of its own; its columns are days. */
  readonly isWhole?: boolean
  readonly onTrend: (test: string) => void
}
type Item = { readonly kind: 'head'; readonly text: string } | { readonly kind: 'row'; readonly row: TestRow }

export function ResultGrid({ table, chosen, isWhole, onTrend }: Props) {
  const say = useWords(words)
  const box = useRef<HTMLDivElement>(null)
  const items = useItems(table.rows, isWhole === true)
  const [at, setAt] = useState(-1)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: 20,
    enabled: !isWhole,
    scrollPaddingStart: 44,
  })
  useStillColumns(box, table.columns)
  const shown = isWhole
    ? items.map((_, index) => ({ index, start: index * rowPx }))
    : virtual.getVirtualItems()
  const before = shown[0]?.start ?? 0
  const after = isWhole ? 0 : virtual.getTotalSize() - before - shown.length * rowPx
  const onKeyDown = (event: KeyboardEvent) => {
    const item = items[at]
    if (event.key === 'Enter' && item?.kind === 'row' && event.target === event.currentTarget)
      return onTrend(item.row.test)
    const next = nextTest(items, event.key, at)
    if (next === undefined) return
    event.preventDefault()
    setAt(next)
    virtual.scrollToIndex(next)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: the box scrolls the table and takes the keys for it.
    <div
      ref={box}
      role="region"
      aria-label={say('results')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling table must be reached by keyboard (WCAG 2.1.1).
      tabIndex={0}
      className={isWhole ? 'chart-grid-whole' : 'chart-grid'}
      onKeyDown={onKeyDown}
    >
      <table>
        <GridHead columns={table.columns} isByDay={isWhole === true} />
        <tbody>
          <Spacer heightPx={before} />
          {shown.map(({ index }) => {
            const item = items[index]
            if (!item) return null
            if (item.kind === 'head')
              return <GroupRow key={`head ${item.text}`} text={item.text} width={table.columns.length} />
            return (
              <ResultRow
                key={item.row.test}
                row={item.row}
                columns={table.columns}
                isChosen={item.row.test === chosen || index === at}
                onTrend={onTrend}
              />
            )
          })}
          <Spacer heightPx={after} />
        </tbody>
      </table>
    </div>
  )
}

function Spacer({ heightPx }: { readonly heightPx: number }) {
  return heightPx > 0 ? (
    <tr aria-hidden>
      <td style={{ height: heightPx, padding: 0 }} />
    </tr>
  ) : null
}

type HeadProps = { readonly columns: readonly string[]; readonly isByDay: boolean }

function GridHead({ columns, isByDay }: HeadProps) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <thead>
      <tr>
        <th scope="col" className="chart-grid-name">
          {say('test')}
        </th>
        <th scope="col" className="chart-grid-reference">
          {say('reference')}
        </th>
        {columns.map((time) => {
          const [day, hour] = times.moment(time).split(' ')
          return (
            <th
              key={time}
              scope="col"
              title={times.full(time)}
              style={{ width: isByDay ? wholeColumnPx : columnPx }}
            >
              <span>{hour ? day : say('today')}</span>
              {isByDay ? null : <span>{hour ?? day}</span>}
            </th>
          )
        })}
        <th aria-hidden className="chart-grid-rest" />
      </tr>
    </thead>
  )
}

function GroupRow({ text, width }: { readonly text: string; readonly width: number }) {
  return (
    <tr className="chart-grid-group">
      <th scope="rowgroup" colSpan={2}>
        {text}
      </th>
      <td colSpan={width + 1} />
    </tr>
  )
}

type RowProps = {
  readonly row: TestRow
  readonly columns: readonly string[]
  readonly isChosen: boolean
  readonly onTrend: (test: string) => void
}

const ResultRow = memo(function ResultRow({ row, columns, isChosen, onTrend }: RowProps) {
  const cells = useMemo(() => new Map(row.cells.map(({ column, results }) => [column, results])), [row])
  return (
    <tr className={isChosen ? 'chart-chosen' : ''}>
      <th scope="row" className="chart-grid-name">
        <button type="button" title={row.name} onClick={() => onTrend(row.test)}>
          {row.name}
        </button>
      </th>
      <td className="chart-grid-reference x-quiet x-number">
        {row.reference} {row.unit}
      </td>
      {columns.map((time, column) => (
        <td key={time}>
          {cells.get(column)?.map((result) => (
            <ResultValue key={result.key + result.value} result={result} name={row.name} inRow={row} />
          ))}
        </td>
      ))}
      <td className="chart-grid-rest" />
    </tr>
  )
})

/** Rows under the head of their panel; the few of the first page stand without heads. */
function useItems(rows: readonly TestRow[], isWhole: boolean): readonly Item[] {
  const say = useWords(words)
  return useMemo(() => {
    const titles = {
      laboratory: say('groupLaboratory'),
      'vital-signs': say('groupVitalSigns'),
      other: say('groupOther'),
    }
    let present = ''
    return rows.flatMap((row): Item[] => {
      const text = row.panel ?? titles[row.group]
      const item: Item = { kind: 'row', row }
      if (isWhole || text === present) return [item]
      present = text
      return [{ kind: 'head', text }, item]
    })
  }, [rows, isWhole, say])
}

function nextTest(items: readonly Item[], key: string, at: number): number | undefined {
  const next = nextRow(key, { selectedIndex: at, count: items.length, pageRows: 15 })
  if (next === undefined || items[next]?.kind === 'row') return next
  const step = key === 'ArrowUp' || key === 'PageUp' ? -1 : 1
  return items[next + step] ? next + step : next + 1
}

/** A new column at the left must not move what is being read further right. */
function useStillColumns(box: RefObject<HTMLDivElement | null>, columns: readonly string[]): void {
  const known = useRef(columns)
  useLayoutEffect(() => {
    const first = known.current[0]
    const added = first === undefined ? 0 : columns.indexOf(first)
    known.current = columns
    if (box.current && added > 0 && box.current.scrollLeft > 0) box.current.scrollLeft += added * columnPx
  }, [box, columns])
}
