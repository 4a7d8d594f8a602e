/** A short table that is read, not worked in. */
import type { ReactNode } from 'react'

export type PlainColumn<Row> = {
  readonly title: string
  readonly isNumber?: boolean
  /** Left out on a phone. */
  readonly isWide?: boolean
  readonly draw: (row: Row) => ReactNode
}

type Props<Row> = {
  readonly columns: readonly PlainColumn<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** Said instead of a table without rows. */
  readonly empty: string
}

export function PlainTable<Row>({ columns, rows, keyOf, empty }: Props<Row>) {
  if (rows.length === 0) return <p className="x-quiet">{empty}</p>
  const look = ({ isNumber, isWide }: PlainColumn<Row>) =>
    `${isNumber ? 'x-right x-number' : ''} ${isWide ? 'a-wide' : ''}`
  return (
    <div className="a-scroll">
      <table className="a-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} className={look(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.title} className={look(column)}>
                  {column.draw(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
