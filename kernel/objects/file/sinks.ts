/** How the bytes of a put reach its file: past the page cache where the file system allows it. */

import type { Hash } from 'node:crypto'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { blockBytes } from './direct-slots.ts'

export interface Sink {
  /** Settles when the next chunk may come. */
  write(chunk: Uint8Array): Promise<void>
  /** Writes the rest; the file then has `sizeBytes` bytes and the hash has seen them all. */
  end(sizeBytes: number): Promise<void>
}

/** Flags of open(2) for a new file that must not exist yet. */
export function openFlags(isDirect: boolean): number {
  const { O_CREAT, O_EXCL, O_WRONLY, O_DIRECT } = constants
  return O_CREAT | O_EXCL | O_WRONLY | (isDirect ? O_DIRECT : 0)
}

export type SinkOptions = {
  readonly handle: FileHandle
  readonly hash: Hash
  /** Memory in which chunks are gathered: given, and aligned, for a file opened with O_DIRECT. */
  readonly slot?: Uint8Array
}

// Fewer turns of the event loop than a write a chunk, and little memory a stream.
const gatheredBytes = 256 * 1024

/** Gathers chunks and writes them together. O_DIRECT takes whole blocks: the last one is padded, then cut. */
export function createSink({ handle, hash, slot }: SinkOptions): Sink {
  const memory = slot ?? Buffer.allocUnsafeSlow(gatheredBytes)
  let filledBytes = 0
  let fileOffset = 0
  async function flush(lengthBytes: number): Promise<void> {
    const writing = writeAt(handle, memory.subarray(0, lengthBytes), fileOffset)
    // Hashed by this thread while another one writes.
    hash.update(memory.subarray(0, filledBytes))
    await writing
    fileOffset += lengthBytes
    filledBytes = 0
  }
  return {
    async write(chunk) {
      for (let offset = 0; offset < chunk.length; ) {
        const part = chunk.subarray(offset, offset + memory.length - filledBytes)
        memory.set(part, filledBytes)
        filledBytes += part.length
        offset += part.length
        if (filledBytes === memory.length) await flush(memory.length)
      }
    },
    async end(sizeBytes) {
      if (filledBytes === 0) return
      const paddedBytes = slot ? Math.ceil(filledBytes / blockBytes) * blockBytes : filledBytes
      memory.fill(0, filledBytes, paddedBytes)
      await flush(paddedBytes)
      if (fileOffset !== sizeBytes) await handle.truncate(sizeBytes)
    },
  }
}

/** write(2) may write less than it was given. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, fileOffset: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, fileOffset + written)
    written += bytesWritten
  }
}
