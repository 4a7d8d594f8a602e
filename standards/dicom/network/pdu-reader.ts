/**
 * PS3.8 §9.3: reads PDUs from a stream that may break at any byte. Presentation data are given in the pieces in which
 * they arrive and never held; every other PDU is small and given whole. One function a state.
 */
import { createCursor } from '../cursor.ts'
import { DicomError } from '../failure.ts'
import { type ControlPdu, parsePdu, pduTypes } from './pdu.ts'

export type DataHeader = {
  readonly contextId: number
  readonly isCommand: boolean
  /** The last fragment of this command or dataset. */
  readonly isLast: boolean
}
export interface PduListener {
  control(pdu: ControlPdu): void
  /** The start of one presentation data value; its pieces and its end follow. */
  dataBegin(header: DataHeader): void
  /** Bytes as they lie in the chunk that was written; not copied. */
  data(header: DataHeader, bytes: Uint8Array): void
  dataEnd(header: DataHeader): void
}
export type PduLimits = {
  /** Bytes of any PDU but P-DATA-TF: 128 contexts of 40 transfer syntaxes are under 400 KB. */
  readonly controlBytes: number
  /** Bytes of a P-DATA-TF body; a sender that ignores what was agreed is cut off here. */
  readonly dataBytes: number
}
export const defaultPduLimits: PduLimits = { controlBytes: 512 * 1024, dataBytes: 16 * 1024 * 1024 }

export interface PduReader {
  /** Reads on; the memory of the chunk may be used again afterwards. Throws `bad-pdu` for what is no PDU or too long. */
  write(chunk: Uint8Array): void
}

type State =
  | { readonly kind: 'header' }
  | {
      readonly kind: 'control'
      readonly type: number
      readonly parts: Uint8Array[]
      readonly missing: number
    }
  | { readonly kind: 'value'; readonly pduLeft: number }
  | { readonly kind: 'data'; readonly header: DataHeader; readonly left: number; readonly pduLeft: number }

/** A reader at the start of a connection. */
export function createPduReader(listener: PduListener, limits: PduLimits = defaultPduLimits): PduReader {
  const cursor = createCursor()
  let state: State = { kind: 'header' }

  function step(): boolean {
    switch (state.kind) {
      case 'header':
        return readHeader()
      case 'control':
        return readControl(state)
      case 'value':
        return readValueHeader(state.pduLeft)
      case 'data':
        return readData(state)
    }
  }

  function readHeader(): boolean {
    if (!cursor.has(6)) return false
    const type = cursor.peek16(0, false) >> 8
    const length = cursor.peek32(2, false)
    const isData = type === pduTypes.data
    if (type < 1 || type > 7) throw bad(`PDU type ${type} is not known`)
    if (length > (isData ? limits.dataBytes : limits.controlBytes))
      throw bad(`a PDU of ${length} bytes is too long`)
    cursor.skip(6)
    state = isData
      ? { kind: 'value', pduLeft: length }
      : { kind: 'control', type, parts: [], missing: length }
    return true
  }

  function readControl(control: Extract<State, { kind: 'control' }>): boolean {
    const piece = cursor.upTo(control.missing)
    const parts = [...control.parts, new Uint8Array(piece)]
    const missing = control.missing - piece.length
    if (missing > 0) {
      if (piece.length > 0) state = { ...control, parts, missing }
      return false
    }
    state = { kind: 'header' }
    listener.control(parsePdu(control.type, Buffer.concat(parts)))
    return true
  }

  function readValueHeader(pduLeft: number): boolean {
    if (pduLeft === 0) {
      state = { kind: 'header' }
      return true
    }
    if (!cursor.has(6)) return false
    const length = cursor.peek32(0, false)
    if (length < 2 || length + 4 > pduLeft) throw bad('a presentation data value does not fit its PDU')
    const control = cursor.peek16(4, false)
    const header = { contextId: control >> 8, isCommand: (control & 1) === 1, isLast: (control & 2) === 2 }
    cursor.skip(6)
    state = { kind: 'data', header, left: length - 2, pduLeft: pduLeft - 4 - length }
    listener.dataBegin(header)
    return true
  }

  function readData(data: Extract<State, { kind: 'data' }>): boolean {
    const piece = cursor.upTo(data.left)
    if (piece.length > 0) listener.data(data.header, piece)
    const left = data.left - piece.length
    if (left > 0) {
      if (piece.length > 0) state = { ...data, left }
      return false
    }
    state = { kind: 'value', pduLeft: data.pduLeft }
    listener.dataEnd(data.header)
    return true
  }

  const bad = (message: string): DicomError => new DicomError('bad-pdu', message, { offset: cursor.offset() })

  return {
    write(chunk) {
      cursor.push(chunk)
      while (step());
      cursor.letGo()
    },
  }
}
