/** Reading objects back: whole ones verified on the way, ranges after the whole was verified. */

import { open } from 'node:fs/promises'
import { checkRange } from '../byte-range.ts'
import { corrupt, nameOf, startHash, verified } from '../object-hash.ts'
import type { ByteRange, ObjectHash } from '../objects.ts'
import type { VerifiedCache } from '../verified-cache.ts'

/** A stored file as it was found; `state` changes when the file does. */
export type ObjectFile = {
  readonly hash: ObjectHash
  readonly path: string
  readonly sizeBytes: number
  readonly state: string
}

// Most instances (a CT slice has 527 KB) come in one read; larger ones in steps that keep memory small.
const readBytes = 1024 * 1024

/** All bytes; fails with `fault` (`objects.corrupt`) before the last chunk where they do not match the hash. */
export function readObject(file: ObjectFile): AsyncIterable<Uint8Array> {
  return verified(readFile(file, { startByte: 0, endByteExclusive: file.sizeBytes }), file.hash)
}

/** The bytes of a range, cut at the object's end; throws `invalid` (`objects.range`) where nothing of it lies within. */
export function readRange(
  file: ObjectFile,
  range: ByteRange,
  cache: VerifiedCache,
): AsyncIterable<Uint8Array> {
  return rangeAfterVerification(file, checkRange(range, file.sizeBytes), cache)
}

async function* rangeAfterVerification(
  file: ObjectFile,
  range: ByteRange,
  cache: VerifiedCache,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!cache.holds(file.hash, file.state)) {
    await verifyWhole(file)
    cache.add(file.hash, file.state)
  }
  yield* readFile(file, range)
}

async function verifyWhole(file: ObjectFile): Promise<void> {
  const running = startHash()
  for await (const chunk of readFile(file, { startByte: 0, endByteExclusive: file.sizeBytes }))
    running.update(chunk)
  if (nameOf(running) !== file.hash) throw corrupt(file.hash)
}

async function* readFile(file: ObjectFile, range: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(file.path, 'r')
  try {
    let offset = range.startByte
    while (offset < range.endByteExclusive) {
      const length = Math.min(readBytes, range.endByteExclusive - offset)
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(length), 0, length, offset)
      if (bytesRead === 0) throw corrupt(file.hash)
      offset += bytesRead
      yield bytesRead === length ? buffer : buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}
