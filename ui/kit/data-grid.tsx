/** The table of every list: dense, virtualised, moved through with the keyboard, as fast with 10,000 rows as with ten. */
// biome-ignore-all lint/a11y/useSemanticElements: a virtualised grid cannot be a table; this is the ARIA 1.2 grid pattern.
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import { type ColumnWidths, useColumnWidths } from './column-widths.ts'
import { kitWords } from './kit-words.ts'
import { useIsNarrow } from './narrow.ts'
import { nextRow } from './next-row.ts'
import { useWords } from './words.ts'

export type Column<Row> = {
  readonly key: string
  readonly title: string
  /** Width in px at first; the user may drag it. The last column takes what is left. */
  readonly widthPx: number
  readonly align?: 'left' | 'right' | 'center'
  readonly draw: (row: Row) => ReactNode
  /** Sorts by this; absent: the column cannot be sorted. */
  readonly sortBy?: (row: Row) => string | number
}

export type DataGridProps<Row> = {
  /** Names the grid for kept column widths: `integration.messages`. */
  readonly name: string
  readonly label: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
  readonly selectedKey?: string | undefined
  /** Arrow keys or a click came to a row. */
  readonly onSelect?: (row: Row) => void
  /** Enter or a double click (a single click where `opensOnClick`). */
  readonly onOpen?: (row: Row) => void
  readonly opensOnClick?: boolean
  readonly freshKeys?: ReadonlySet<string>
  /** 30 (default) or 38. */
  readonly rowHeightPx?: 30 | 38
  /** On a phone each row is drawn so, instead of in columns. */
  readonly drawNarrow?: (row: Row) => ReactNode
  readonly narrowHeightPx?: number
  readonly onEndReached?: () => void
  readonly empty?: ReactNode
  readonly autoFocus?: boolean
}

type Sort = { readonly key: string; readonly isDescending: boolean }

export function DataGrid<Row>(props: DataGridProps<Row>) {
  const [sort, setSort] = useState<Sort>()
  const rows = useMemo(() => sorted(props.rows, props.columns, sort), [props.rows, props.columns, sort])
  const widths = useColumnWidths(props.name, props.columns)
  const isNarrow = useIsNarrow() && props.drawNarrow !== undefined
  if (rows.length === 0 && props.empty) return <>{props.empty}</>
  return (
    <GridBody
      {...props}
      rows={rows}
      isNarrow={isNarrow}
      widths={widths}
      sort={sort}
      onSort={(key) => setSort((present) => nextSort(present, key))}
    />
  )
}

type BodyProps<Row> = DataGridProps<Row> & {
  readonly isNarrow: boolean
  readonly widths: ColumnWidths
  readonly sort: Sort | undefined
  readonly onSort: (key: string) => void
}

function GridBody<Row>(props: BodyProps<Row>) {
  const { rows, keyOf, isNarrow, onEndReached, autoFocus } = props
  const scroller = useRef<HTMLDivElement>(null)
  const gridId = useId()
  const rowHeightPx = isNarrow ? (props.narrowHeightPx ?? 56) : (props.rowHeightPx ?? 30)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 12,
    scrollPaddingStart: isNarrow ? 0 : 30,
  })
  // Turning a phone changes how high rows are drawn.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the height that asks for measuring anew.
  useEffect(() => virtual.measure(), [virtual, rowHeightPx])
  const shown = virtual.getVirtualItems()
  const lastShown = shown.at(-1)?.index ?? -1
  useEffect(() => {
    if (rows.length > 0 && lastShown >= rows.length - 1) onEndReached?.()
  }, [rows.length, lastShown, onEndReached])
  useEffect(() => {
    if (autoFocus) scroller.current?.focus({ preventScroll: true })
  }, [autoFocus])
  const selectedIndex = rows.findIndex((row) => keyOf(row) === props.selectedKey)
  const onKeyDown = (event: KeyboardEvent) => {
    const selected = rows[selectedIndex]
    if (event.key === 'Enter' && selected && event.target === event.currentTarget)
      return props.onOpen?.(selected)
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / rowHeightPx) - 1)
    const index = nextRow(event.key, { selectedIndex, count: rows.length, pageRows })
    const next = index === undefined ? undefined : rows[index]
    if (index === undefined || !next) return
    event.preventDefault()
    virtual.scrollToIndex(index)
    props.onSelect?.(next)
  }
  return (
    <div
      ref={scroller}
      className="x-grid"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={selectedIndex >= 0 ? `${gridId}-${selectedIndex}` : undefined}
      onKeyDown={onKeyDown}
    >
      {isNarrow ? null : <GridHead {...props} />}
      <div
        className="x-grid-rows"
        role="rowgroup"
        style={{ height: virtual.getTotalSize(), minWidth: isNarrow ? undefined : props.widths.totalPx }}
      >
        {shown.map((item) => {
          const row = rows[item.index]
          return row === undefined ? null : (
            <GridRow
              key={keyOf(row)}
              {...props}
              row={row}
              id={`${gridId}-${item.index}`}
              index={item.index}
              topPx={item.start}
              heightPx={rowHeightPx}
            />
          )
        })}
      </div>
    </div>
  )
}

function GridHead<Row>({ columns, widths, sort, onSort }: BodyProps<Row>) {
  const say = useWords(kitWords)
  return (
    <div
      className="x-grid-head"
      role="row"
      tabIndex={-1}
      style={{ gridTemplateColumns: widths.template, minWidth: widths.totalPx }}
    >
      {columns.map((column) => (
        <div
          key={column.key}
          role="columnheader"
          tabIndex={-1}
          className={`x-grid-cell x-${column.align ?? 'left'}`}
          aria-sort={sort?.key === column.key ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}
        >
          {column.sortBy ? (
            <button
              type="button"
              title={say('sortBy', { column: column.title })}
              onClick={() => onSort(column.key)}
            >
              {column.title}
              <span aria-hidden>{sort?.key === column.key ? (sort.isDescending ? ' ▾' : ' ▴') : ''}</span>
            </button>
          ) : (
            column.title
          )}
          <span
            className="x-grid-handle"
            aria-hidden
            onPointerDown={(event) => widths.drag(column.key, event)}
          />
        </div>
      ))}
    </div>
  )
}

type RowProps<Row> = BodyProps<Row> & {
  readonly row: Row
  readonly id: string
  readonly index: number
  readonly topPx: number
  readonly heightPx: number
}

function GridRow<Row>(props: RowProps<Row>) {
  const { row, columns, keyOf, widths, isNarrow } = props
  const key = keyOf(row)
  const isSelected = key === props.selectedKey
  const classes = ['x-grid-row', isSelected ? 'x-selected' : '', props.freshKeys?.has(key) ? 'x-fresh' : '']
  const onClick = () => {
    props.onSelect?.(row)
    if (props.opensOnClick) props.onOpen?.(row)
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself handles the keys (ARIA 1.2 grid pattern).
    <div
      id={props.id}
      role="row"
      tabIndex={-1}
      aria-rowindex={props.index + 2}
      aria-selected={isSelected}
      className={classes.join(' ')}
      style={{
        height: props.heightPx,
        transform: `translateY(${props.topPx}px)`,
        gridTemplateColumns: isNarrow ? '1fr' : widths.template,
      }}
      onClick={onClick}
      onDoubleClick={() => props.onOpen?.(row)}
    >
      {isNarrow ? (
        <div role="gridcell" tabIndex={-1} className="x-grid-narrow">
          {props.drawNarrow?.(row)}
        </div>
      ) : (
        columns.map((column) => (
          <div
            key={column.key}
            role="gridcell"
            tabIndex={-1}
            className={`x-grid-cell x-${column.align ?? 'left'}`}
          >
            {column.draw(row)}
          </div>
        ))
      )}
    </div>
  )
}

function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort | undefined) {
  const sortBy = columns.find(({ key }) => key === sort?.key)?.sortBy
  if (!sortBy || !sort) return rows
  const direction = sort.isDescending ? -1 : 1
  return [...rows].sort((left, right) => direction * compare(sortBy(left), sortBy(right)))
}

function compare(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return String(left).localeCompare(String(right), 'zh-Hans-CN')
}

function nextSort(present: Sort | undefined, key: string): Sort | undefined {
  if (present?.key !== key) return { key, isDescending: false }
  return present.isDescending ? undefined : { key, isDescending: true }
}
