/** A place in the log as text: 16 hexadecimal digits of the writing transaction, 16 of the number within; sorts as the log does. */
import { invalid } from '@xinglin/fhir'
import type { Position } from './events.ts'

/** The two columns that order the log, as PostgreSQL writes and reads them. */
export type Place = { readonly xid: string; readonly seq: string }

const hexDigits = 16
const written = /^[0-9a-f]{32}$/

/** The position of an entry. */
export function positionOf({ xid, seq }: { readonly xid: string; readonly seq: string | number }): Position {
  return `${hex(BigInt(xid))}${hex(BigInt(seq))}` as Position
}

/** The columns of a position; `''` is before the first entry. Throws `invalid` for text that no log has written. */
export function placeOf(position: Position): Place {
  if (position === '') return { xid: '0', seq: '0' }
  if (!written.test(position)) {
    throw invalid('a log position is 32 hexadecimal digits, or empty for the start', {
      code: 'events.position',
    })
  }
  return {
    xid: BigInt(`0x${position.slice(0, hexDigits)}`).toString(),
    seq: BigInt(`0x${position.slice(hexDigits)}`).toString(),
  }
}

function hex(value: bigint): string {
  return value.toString(16).padStart(hexDigits, '0')
}

/** The position before the first entry of the transaction that an entry is of: the same for all of them. */
export function transactionStart(position: Position): Position {
  return position.slice(0, hexDigits).padEnd(2 * hexDigits, '0') as Position
}
