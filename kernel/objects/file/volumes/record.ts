/**
 * A record of a volume: 64 bytes of head, then the object, padded to whole blocks. The head holds the size, the SHA-256
 * of the bytes and a seal that only this volume's salt makes, so that no content can pass for a record.
 *
 *   0 magic (8) · 8 size of the object, little-endian (8) · 16 SHA-256 (32) · 48 seal (16)
 */

import { createHash } from 'node:crypto'
import { blockBytes } from '../direct-slots.ts'

export const headBytes = 64
const magic = Buffer.from('XLOBJ-1\n', 'latin1')
const sealBytes = 16

export type RecordHead = { readonly digest: Uint8Array; readonly sizeBytes: number }

/** Blocks that an object takes with its head. */
export function blocksOf(sizeBytes: number): number {
  return Math.ceil((headBytes + sizeBytes) / blockBytes)
}

/** Writes a head to the first 64 bytes of `memory`. */
export function writeHead(memory: Uint8Array, { digest, sizeBytes }: RecordHead, salt: Uint8Array): void {
  const head = Buffer.from(memory.buffer, memory.byteOffset, headBytes)
  magic.copy(head)
  head.writeBigUInt64LE(BigInt(sizeBytes), 8)
  head.set(digest, 16)
  head.set(sealOf(head, salt), headBytes - sealBytes)
}

/** The head that stands in the first 64 bytes; undefined where none does. */
export function readHead(memory: Uint8Array, salt: Uint8Array): RecordHead | undefined {
  const head = Buffer.from(memory.buffer, memory.byteOffset, headBytes)
  if (!head.subarray(0, magic.length).equals(magic)) return undefined
  if (!sealOf(head, salt).equals(head.subarray(headBytes - sealBytes))) return undefined
  return { digest: new Uint8Array(head.subarray(16, 48)), sizeBytes: Number(head.readBigUInt64LE(8)) }
}

function sealOf(head: Uint8Array, salt: Uint8Array): Buffer {
  return createHash('sha256')
    .update(salt)
    .update(head.subarray(0, headBytes - sealBytes))
    .digest()
    .subarray(0, sealBytes)
}
