/**
 * An object in chunks of 64 KiB, each encrypted and authenticated by itself with its place, so that a range is read without
 * the rest. That no chunk is missing at the end is told by the size beside the key.
 */
import { fault } from '@xinglin/fhir'
import type { Suite } from '@xinglin/keys'

/** A range costs at most two chunks more than asked for; 28 to 48 bytes a chunk are the price. */
export const chunkBytes = 64 * 1024

export type ContentKey = { readonly suite: Suite; readonly secret: Uint8Array }

/** Length of what `sealChunks` makes of so many bytes. */
export function sealedLength(sizeBytes: number, { overheadBytes }: Suite): number {
  return sizeBytes + Math.ceil(sizeBytes / chunkBytes) * overheadBytes
}

/** Encrypted chunks of a stream; `seen` is told each plain chunk before it is encrypted. */
export async function* sealChunks(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  key: ContentKey,
  seen: (plain: Uint8Array) => void,
): AsyncIterable<Uint8Array> {
  const chunk = Buffer.alloc(chunkBytes)
  let filled = 0
  let index = 0
  for await (const piece of bytes) {
    for (let offset = 0; offset < piece.length; ) {
      const taken = Math.min(chunkBytes - filled, piece.length - offset)
      chunk.set(piece.subarray(offset, offset + taken), filled)
      filled += taken
      offset += taken
      if (filled < chunkBytes) continue
      seen(chunk)
      yield encrypt(chunk, key, index++)
      filled = 0
    }
  }
  if (filled === 0) return
  const last = chunk.subarray(0, filled)
  seen(last)
  yield encrypt(last, key, index)
}

/** Plain chunks of encrypted bytes that begin with chunk `first`; throws `fault` (`objects.corrupt`) where one was changed. */
export async function* openChunks(
  sealed: AsyncIterable<Uint8Array>,
  key: ContentKey,
  first: number,
): AsyncIterable<Uint8Array> {
  const whole = chunkBytes + key.suite.overheadBytes
  let held: Uint8Array = Buffer.alloc(0)
  let index = first
  for await (const piece of sealed) {
    held = Buffer.concat([held, piece])
    for (; held.length >= whole; held = held.subarray(whole))
      yield decrypt(held.subarray(0, whole), key, index++)
  }
  if (held.length > 0) yield decrypt(held, key, index)
}

function encrypt(plain: Uint8Array, { suite, secret }: ContentKey, index: number): Buffer {
  return suite.encrypt(secret, plain, placeOf(index))
}

function decrypt(sealed: Uint8Array, { suite, secret }: ContentKey, index: number): Buffer {
  const plain = suite.decrypt(secret, sealed, placeOf(index))
  if (!plain) throw fault('an encrypted object was changed', { code: 'objects.corrupt' })
  return plain
}

function placeOf(index: number): Buffer {
  const place = Buffer.alloc(8)
  place.writeBigUInt64BE(BigInt(index))
  return place
}
