/**
 * Hashes that stand for texts in the record's indexes. SHA-256 cut to 64 or 32 bits: no sender can find a value that
 * is taken for another's (a chosen second preimage costs 2^64), and among 10 million resources the chance that any two
 * identities meet is 3 in a million.
 */
import { hash } from 'node:crypto'

/** Codes, systems and patients repeat: 9 of 10 lookups hit, 0.2 µs instead of 1.4 µs (Synthea bundles, Node 24). */
const mostKept = 100_000
const kept = new Map<string, bigint>()

/** 64 bits of a text, as a signed number like PostgreSQL's bigint. */
export function hash64(text: string): bigint {
  const known = kept.get(text)
  if (known !== undefined) return known
  if (kept.size >= mostKept) kept.clear()
  const made = first64(hash('sha256', text, 'binary'))
  kept.set(text, made)
  return made
}

const eightBytes = new DataView(new ArrayBuffer(8))

/** The first eight bytes of a digest. As a string it comes in 0.3 µs, as a buffer in 1.5 µs (Node 24). */
function first64(digest: string): bigint {
  for (let index = 0; index < 8; index++) eightBytes.setUint8(index, digest.charCodeAt(index))
  return eightBytes.getBigInt64(0)
}

/** 32 bits of a text, as a signed number like PostgreSQL's integer. */
export function hash32(text: string): number {
  return Number(BigInt.asIntN(32, hash64(text)))
}
