/** Rows of the record with what is sealed in them opened; a row that has nothing sealed costs one look for the mark. */
import type { Queryable, Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Keys } from '@xinglin/keys'
import { openSealed, sealedMark } from './sealed-text.ts'

export type Opening = {
  readonly keys: Keys | undefined
  /** Whose rows they are, where these do not say it themselves. */
  readonly tenant?: TenantId
}

/** The same statements, answered with opened rows. */
export function openedReading(from: Queryable, opening: Opening): Queryable {
  return { query: async (statement) => openedRows(await from.query(statement), opening) }
}

/** The same transaction, answering opened rows. */
export function openedTransaction(transaction: Transaction, opening: Opening): Transaction {
  return { ...transaction, ...openedReading(transaction, opening) }
}

type SealedRow = {
  readonly content: string
  readonly type?: unknown
  readonly id?: unknown
  readonly tenant?: unknown
}

async function openedRows<Row>(rows: readonly Row[], opening: Opening): Promise<readonly Row[]> {
  if (!rows.some(isSealed)) return rows
  return Promise.all(rows.map((row) => (isSealed(row) ? openedRow(row, opening) : row)))
}

function isSealed<Row>(row: Row): row is Row & SealedRow {
  return (
    typeof row === 'object' &&
    row !== null &&
    'content' in row &&
    typeof row.content === 'string' &&
    row.content.includes(sealedMark)
  )
}

async function openedRow<Row extends SealedRow>(row: Row, { keys, tenant }: Opening): Promise<Row> {
  const owner = { tenant: Number(row.tenant ?? tenant), type: String(row.type), id: String(row.id) }
  return { ...row, content: await openSealed(row.content, owner, keys) }
}
