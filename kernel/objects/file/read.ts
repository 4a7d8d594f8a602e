/** Reading objects back: whole ones verified on the way, ranges after the whole was verified. */

import { open } from 'node:fs/promises'
import { checkRange } from '../byte-range.ts'
import { corrupt, nameOf, startHash, verified } from '../object-hash.ts'
import type { ByteRange, ObjectHash } from '../objects.ts'
import type { VerifiedCache } from '../verified-cache.ts'

/** Where the bytes of an object are: a file of its own from byte 0 on, or a part of a volume. */
export type Place = { readonly path: string; readonly startByte: number; readonly sizeBytes: number }

/** An object as it was found; `state` changes when its file does. */
export type HeldObject = { readonly hash: ObjectHash; readonly place: Place; readonly state: string }

// Most instances (a CT slice has 527 KB) come in one read; larger ones in steps that keep memory small.
const readBytes = 1024 * 1024

/** All bytes; fails with `fault` (`objects.corrupt`) before the last chunk where they do not match the hash. */
export function readObject({ hash, place }: HeldObject): AsyncIterable<Uint8Array> {
  return verified(readPlace(place), hash)
}

/** The bytes of a range, cut at the object's end; throws `invalid` (`objects.range`) where nothing of it lies within. */
export function readRange(
  held: HeldObject,
  range: ByteRange,
  cache: VerifiedCache,
): AsyncIterable<Uint8Array> {
  return rangeAfterVerification(held, checkRange(range, held.place.sizeBytes), cache)
}

async function* rangeAfterVerification(
  { hash, place, state }: HeldObject,
  { startByte, endByteExclusive }: ByteRange,
  cache: VerifiedCache,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!cache.holds(hash, state)) {
    const running = startHash()
    for await (const chunk of readPlace(place)) running.update(chunk)
    if (nameOf(running) !== hash) throw corrupt(hash)
    cache.add(hash, state)
  }
  let leftBytes = endByteExclusive - startByte
  const part = { path: place.path, startByte: place.startByte + startByte, sizeBytes: leftBytes }
  for await (const chunk of readPlace(part)) {
    leftBytes -= chunk.length
    yield chunk
  }
  if (leftBytes > 0) throw corrupt(hash)
}

/** The bytes of a place as they are; fewer where the file ends before. */
export async function* readPlace({
  path,
  startByte,
  sizeBytes,
}: Place): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(path, 'r')
  try {
    for (let given = 0; given < sizeBytes; ) {
      const length = Math.min(readBytes, sizeBytes - given)
      const { bytesRead, buffer } = await handle.read(
        Buffer.allocUnsafeSlow(length),
        0,
        length,
        startByte + given,
      )
      if (bytesRead === 0) return
      given += bytesRead
      yield bytesRead === length ? buffer : buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}
