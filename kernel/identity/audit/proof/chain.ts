/**
 * The chain: the digests of a batch stand in the order of its entries beneath its head, and each head beneath the next.
 * A change of one entry, its place or its absence changes every head after it.
 */
import { digestOf, type EntryText, type HashAlgorithm, type Place } from './entry-text.ts'

/** What a seal keeps of one entry. */
export type SealedEntry = Place & { readonly atUs: string; readonly digest: Buffer }

const placeBytes = 24
const digestBytes = 32
const entryBytes = placeBytes + digestBytes

/** The entries of a batch as its seal keeps them. */
export function packEntries(algorithm: HashAlgorithm, entries: readonly EntryText[]): Buffer {
  const packed = Buffer.alloc(entries.length * entryBytes)
  for (const [index, { xid, id, atUs, text }] of entries.entries()) {
    const offset = index * entryBytes
    packed.writeBigUInt64BE(BigInt(xid), offset)
    packed.writeBigInt64BE(BigInt(id), offset + 8)
    packed.writeBigInt64BE(BigInt(atUs), offset + 16)
    digestOf(algorithm, text).copy(packed, offset + placeBytes)
  }
  return packed
}

/** The entries that a seal tells of; a torn last one is left out. */
export function unpackEntries(packed: Buffer): readonly SealedEntry[] {
  return Array.from({ length: Math.floor(packed.length / entryBytes) }, (_, index) => {
    const offset = index * entryBytes
    return {
      xid: packed.readBigUInt64BE(offset).toString(),
      id: packed.readBigInt64BE(offset + 8).toString(),
      atUs: packed.readBigInt64BE(offset + 16).toString(),
      digest: packed.subarray(offset + placeBytes, offset + entryBytes),
    }
  })
}

/** The head of a batch: the previous head, the seal's own number and time, then all entries with their digests in their order. */
export function headOf(seal: {
  readonly number: string
  /** Microseconds since 1970. */
  readonly atUs: string
  readonly algorithm: HashAlgorithm
  readonly previous: Buffer
  readonly entries: Buffer
}): Buffer {
  const { algorithm, entries } = seal
  return digestOf(
    algorithm,
    Buffer.concat([seal.previous, Buffer.from(`${seal.number} ${seal.atUs} ${algorithm} `), entries]),
  )
}
