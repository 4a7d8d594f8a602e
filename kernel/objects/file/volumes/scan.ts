/** The records of a volume, found by their heads: for volumes without a list, and for those that others append to. */

import type { FileHandle } from 'node:fs/promises'
import { blockBytes } from '../direct-slots.ts'
import { blocksOf, headBytes, readHead } from './record.ts'

export type Listed = { readonly digest: Uint8Array; readonly block: number; readonly sizeBytes: number }
export type Scanned = {
  readonly listed: readonly Listed[]
  /** The first block that belongs to no record: what is being written now may come to stand there. */
  readonly nextBlock: number
}

// One read shows several small records or the head of a large one.
const windowBytes = 64 * 1024

/**
 * Every whole record from a block on, in order. What a crash or a refused put left between them has no head that fits
 * and is passed over block by block.
 */
export async function scanRecords(handle: FileHandle, salt: Uint8Array, fromBlock: number): Promise<Scanned> {
  const { size } = await handle.stat()
  const headAt = headReader(handle)
  const listed: Listed[] = []
  let gap: number | undefined
  let block = fromBlock
  while (block * blockBytes + headBytes <= size) {
    const bytes = await headAt(block * blockBytes)
    const head = bytes && readHead(bytes, salt)
    const isWhole = head && block * blockBytes + headBytes + head.sizeBytes <= size
    if (isWhole) listed.push({ digest: head.digest, block, sizeBytes: head.sizeBytes })
    else gap ??= block
    block += isWhole ? blocksOf(head.sizeBytes) : 1
  }
  return { listed, nextBlock: gap ?? block }
}

/** Gives the 64 bytes at an offset, reading ahead; undefined behind the end. */
function headReader(handle: FileHandle): (offset: number) => Promise<Uint8Array | undefined> {
  const memory = Buffer.allocUnsafeSlow(windowBytes)
  let start = 0
  let length = 0
  return async (offset) => {
    if (offset < start || offset + headBytes > start + length) {
      start = offset
      length = (await handle.read(memory, 0, windowBytes, offset)).bytesRead
    }
    return offset + headBytes <= start + length
      ? memory.subarray(offset - start, offset - start + headBytes)
      : undefined
  }
}
