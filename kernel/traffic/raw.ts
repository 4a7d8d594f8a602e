/** Raw bytes at rest: zstd (RFC 8878) where it pays. The embedded PostgreSQL has no lz4, and its own pglz is ten times slower. */
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'

export type KeptBytes = { readonly bytes: Buffer; readonly isCompressed: boolean }

/** Below this the frame and the thread hop cost more than the bytes saved; HL7 messages are mostly smaller. */
const leastCompressedBytes = 4096

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
/** Fastest level: 300 KB of FHIR JSON become 30 KB in under 1 ms. */
const level = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Bytes as they are stored. */
export async function keepBytes(raw: Uint8Array): Promise<KeptBytes> {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  if (bytes.byteLength < leastCompressedBytes) return { bytes, isCompressed: false }
  const compressed = await compress(bytes, level)
  return compressed.byteLength < bytes.byteLength
    ? { bytes: compressed, isCompressed: true }
    : { bytes, isCompressed: false }
}

/** Bytes as they came. */
export async function keptBytes(kept: KeptBytes): Promise<Uint8Array> {
  return kept.isCompressed ? decompress(kept.bytes) : kept.bytes
}
