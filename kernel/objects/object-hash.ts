/** Names of objects (FIPS 180-4 SHA-256) and the check of bytes against them. */

import { createHash, type Hash, randomUUID } from 'node:crypto'
import { fault, invalid, tooLarge } from '@xinglin/fhir'
import type { ObjectHash, PassingName } from './objects.ts'

const pattern = /^sha256-[0-9a-f]{64}$/

/** A running SHA-256. */
export function startHash(): Hash {
  return createHash('sha256')
}

/** The name of what was hashed; the running hash is used up. */
export function nameOf(hash: Hash): ObjectHash {
  return nameOfDigest(hash.digest())
}

/** The name of what has this SHA-256. */
export function nameOfDigest(digest: Buffer): ObjectHash {
  return `sha256-${digest.toString('hex')}` as ObjectHash
}

/** The 64 hex digits of a name; throws `invalid` for anything else, so that no name can leave the store's folder. */
export function digitsOf(hash: ObjectHash): string {
  if (!pattern.test(hash))
    throw invalid('an object is named sha256-<64 hex digits>', { code: 'objects.name' })
  return hash.slice('sha256-'.length)
}

const passingPattern = /^passing-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-([0-9a-f]{64})$/

/** A new name for passing bytes with this hash. */
export function passingNameOf(hash: ObjectHash): PassingName {
  return `passing-${randomUUID()}-${digitsOf(hash)}` as PassingName
}

/** The hash that a passing name bears; undefined for any other text, so that no name can leave the store's folder. */
export function hashOfPassing(name: string): ObjectHash | undefined {
  const digits = passingPattern.exec(name)?.[1]
  return digits === undefined ? undefined : (`sha256-${digits}` as ObjectHash)
}

/** The failure of bytes that do not match their name any more. */
export function corrupt(hash: ObjectHash) {
  return fault(`object ${hash} does not match its hash: its bytes changed where they are kept`, {
    code: 'objects.corrupt',
  })
}

/** The refusal of more bytes than the caller allows. */
export function exceeds(maxBytes: number) {
  return tooLarge(`the content is larger than the ${maxBytes} bytes allowed here`, {
    code: 'objects.too-large',
  })
}

/**
 * The chunks of a stream, of which the last is held back until all of them match `hash`; throws `fault`
 * (`objects.corrupt`) instead of giving out that last one.
 */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  hash: ObjectHash,
): AsyncGenerator<Uint8Array, void, undefined> {
  const running = startHash()
  let held: Uint8Array | undefined
  for await (const chunk of chunks) {
    running.update(chunk)
    if (held) yield held
    held = chunk
  }
  if (nameOf(running) !== hash) throw corrupt(hash)
  if (held) yield held
}
