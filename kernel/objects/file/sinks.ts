/** How the bytes of a put reach its file: past the page cache where the file system allows it, else by writev. */

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

type DirectOptions = { readonly handle: FileHandle; readonly hash: Hash; readonly slot: Uint8Array }

/** O_DIRECT writes whole blocks from aligned memory: chunks are gathered in `slot`, the last block is padded, then cut. */
export function directSink({ handle, hash, slot }: DirectOptions): Sink {
  let filledBytes = 0
  let fileOffset = 0
  async function flush(lengthBytes: number): Promise<void> {
    const writing = writeAt(handle, slot.subarray(0, lengthBytes), fileOffset)
    // Hashed by this thread while another one writes.
    hash.update(slot.subarray(0, filledBytes))
    await writing
    fileOffset += lengthBytes
    filledBytes = 0
  }
  return {
    async write(chunk) {
      for (let offset = 0; offset < chunk.length; ) {
        const part = chunk.subarray(offset, offset + slot.length - filledBytes)
        slot.set(part, filledBytes)
        filledBytes += part.length
        offset += part.length
        if (filledBytes === slot.length) await flush(slot.length)
      }
    },
    async end(sizeBytes) {
      if (filledBytes === 0) return
      const paddedBytes = Math.ceil(filledBytes / blockBytes) * blockBytes
      slot.fill(0, filledBytes, paddedBytes)
      await flush(paddedBytes)
      if (fileOffset !== sizeBytes) await handle.truncate(sizeBytes)
    },
  }
}

// One writev of this much: fewer turns of the event loop than a write a chunk, and little memory a stream.
const flushBytes = 1024 * 1024

/** Chunks are kept without a copy and written together. */
export function bufferedSink({ handle, hash }: { readonly handle: FileHandle; readonly hash: Hash }): Sink {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  async function flush(): Promise<void> {
    const chunks = waiting
    waiting = []
    waitingBytes = 0
    await writeAll(handle, chunks)
  }
  return {
    async write(chunk) {
      hash.update(chunk)
      if (chunk.length > 0) waiting.push(chunk)
      waitingBytes += chunk.length
      if (waitingBytes >= flushBytes) await flush()
    },
    end: flush,
  }
}

/** write(2) and writev(2) may write less than they were given. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, fileOffset: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, fileOffset + written)
    written += bytesWritten
  }
}

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  let left = chunks
  while (left.length > 0) {
    const { bytesWritten } = await handle.writev(left)
    left = after(left, bytesWritten)
  }
}

function after(chunks: readonly Uint8Array[], writtenBytes: number): readonly Uint8Array[] {
  let skip = writtenBytes
  return chunks.flatMap((chunk) => {
    const rest = skip >= chunk.length ? [] : [chunk.subarray(skip)]
    skip = Math.max(0, skip - chunk.length)
    return rest
  })
}
