/**
 * The list of a finished volume, beside it as `<volume>.list`: read at start instead of the volume. Made anew from the volume
 * where it is missing or damaged.
 *
 *   magic (8) · records of SHA-256 (32), block (4), size (4), little-endian · SHA-256 of all before (32)
 */

import { createHash } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import type { Listed } from './scan.ts'

const magic = Buffer.from('XLLST-1\n', 'latin1')
const entryBytes = 40
const checkBytes = 32

function listPath(volume: string): string {
  return `${volume}.list`
}

/** Undefined where there is none, or none that is whole. */
export async function readList(volume: string): Promise<readonly Listed[] | undefined> {
  const bytes = await readFile(listPath(volume)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (!bytes || bytes.length < magic.length + checkBytes) return undefined
  const body = bytes.subarray(0, -checkBytes)
  const isWhole =
    body.subarray(0, magic.length).equals(magic) && sha256(body).equals(bytes.subarray(-checkBytes))
  if (!isWhole) return undefined
  return Array.from({ length: (body.length - magic.length) / entryBytes }, (_, index) => {
    const at = magic.length + index * entryBytes
    return {
      digest: body.subarray(at, at + 32),
      block: body.readUInt32LE(at + 32),
      sizeBytes: body.readUInt32LE(at + 36),
    }
  })
}

/** Writes the list so that it is there whole or not at all; its name becomes durable with its folder. */
export async function writeList(volume: string, listed: readonly Listed[]): Promise<void> {
  const body = Buffer.alloc(magic.length + listed.length * entryBytes)
  magic.copy(body)
  for (const [index, { digest, block, sizeBytes }] of listed.entries()) {
    const at = magic.length + index * entryBytes
    body.set(digest, at)
    body.writeUInt32LE(block, at + 32)
    body.writeUInt32LE(sizeBytes, at + 36)
  }
  const unfinished = `${listPath(volume)}.new`
  const handle = await open(unfinished, 'w', 0o640)
  try {
    await handle.writeFile(Buffer.concat([body, sha256(body)]))
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, listPath(volume))
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
