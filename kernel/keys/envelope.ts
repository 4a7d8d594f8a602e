/** The layout of a sealed value: `X`, version 1, id of the data key in four bytes, then what the suite encrypted. */
import { fault } from '@xinglin/fhir'
import type { Binding } from './keys.ts'

const headerBytes = 6
const mark = 0x58
const version = 1
const textPrefix = 'x1.'

export function headerOf(key: number): Buffer {
  const header = Buffer.from([mark, version, 0, 0, 0, 0])
  header.writeUInt32BE(key, 2)
  return header
}

/** Id of the data key and the rest; throws `fault` (`keys.not-opened`) where it is no sealed value. */
export function partsOf(sealed: Uint8Array): { key: number; header: Uint8Array; body: Uint8Array } {
  if (sealed.length < headerBytes || sealed[0] !== mark || sealed[1] !== version) throw notOpened()
  const view = new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  return {
    key: view.getUint32(2),
    header: sealed.subarray(0, headerBytes),
    body: sealed.subarray(headerBytes),
  }
}

/** What is authenticated with a value: header, purpose and context, apart by a NUL that no purpose contains. */
export function boundBytes(header: Uint8Array, { purpose, context }: Binding): Buffer {
  return Buffer.concat([header, Buffer.from(`${purpose}\0${context}`, 'utf8')])
}

export function asText(sealed: Uint8Array): string {
  return textPrefix + Buffer.from(sealed).toString('base64url')
}

/** Throws `fault` (`keys.not-opened`) where it is no text of `asText`. */
export function bytesOfText(text: string): Buffer {
  if (!text.startsWith(textPrefix)) throw notOpened()
  return Buffer.from(text.slice(textPrefix.length), 'base64url')
}

/** One answer for all causes, so that nobody learns by trying. */
export function notOpened() {
  return fault('a sealed value does not open: it was changed, moved or sealed by another installation', {
    code: 'keys.not-opened',
  })
}
