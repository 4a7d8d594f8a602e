/** What the hierarchy holds, without any key: for the control board and for whoever rotates. */
import type { Queryable } from '@xinglin/database'
import { allKeys, type EncryptionKeyRow, encryptionKeys, type KeyRow, type Table } from './key-rows.ts'
import type { KeyState } from './keys.ts'

export async function keyStates(from: Queryable): Promise<readonly KeyState[]> {
  const encrypting = await encryptionKeys(from)
  const newest = new Set(firstOf(encrypting, (row) => row.suite).map((row) => row.id))
  const below = await Promise.all(
    (['data_key', 'signing_key'] as const).map((table) => statesOf(from, table, newest)),
  )
  return [
    ...encrypting.map((row, index) => encryptionState(row, encrypting.length - index, newest)),
    ...below.flat(),
  ]
}

function encryptionState(row: EncryptionKeyRow, version: number, newest: ReadonlySet<number>): KeyState {
  const { suite, created } = row
  const isCurrent = newest.has(row.id)
  return {
    ...{ kind: 'key-encryption', id: `k${row.id}`, purpose: '', version },
    ...{ suite, created, isCurrent, isWrappedByCurrent: true },
  }
}

async function statesOf(from: Queryable, table: Table, newest: ReadonlySet<number>): Promise<KeyState[]> {
  const rows = await allKeys(from, table)
  const current = new Set(firstOf(rows, (row) => `${row.purpose} ${row.suite}`).map((row) => row.id))
  const [kind, letter] = table === 'data_key' ? (['data', 'd'] as const) : (['signing', 's'] as const)
  return rows.map(({ id, purpose, version, suite, created, kek, retired }: KeyRow) => ({
    ...{ kind, id: `${letter}${id}`, purpose, version, suite, created },
    ...{ isCurrent: current.has(id), isWrappedByCurrent: newest.has(kek), wrappedBy: `k${kek}` },
    ...(retired ? { retired } : {}),
  }))
}

/** The first row of each name. */
function firstOf<Row>(rows: readonly Row[], nameOf: (row: Row) => string): readonly Row[] {
  return [...new Map([...rows].reverse().map((row) => [nameOf(row), row])).values()]
}
