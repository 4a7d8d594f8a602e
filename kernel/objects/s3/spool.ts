/** Bytes on their way to S3: the name is known only after the last one, so they wait in memory or in a local file. */

import { createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { exceeds, nameOf, startHash } from '../object-hash.ts'
import type { Bytes, StoredObject } from '../objects.ts'

/** Up to this an object waits in memory and goes out as one request (a CT slice has 527 KB). */
export const inMemoryBytes = 8 * 1024 * 1024

export type Spooled = StoredObject & {
  readonly body:
    | { readonly kind: 'memory'; readonly bytes: Uint8Array }
    | { readonly kind: 'file'; readonly open: () => Readable }
}

/** Takes a stream in, gives it to `use`, then removes what was spooled. */
export async function spool<T>(
  bytes: Bytes,
  maxBytes: number,
  use: (spooled: Spooled) => Promise<T>,
): Promise<T> {
  const hash = startHash()
  const waiting: Uint8Array[] = []
  let file: SpoolFile | undefined
  let sizeBytes = 0
  try {
    for await (const chunk of bytes) {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) throw exceeds(maxBytes)
      hash.update(chunk)
      waiting.push(new Uint8Array(chunk))
      if (sizeBytes <= inMemoryBytes) continue
      file ??= await createSpoolFile()
      await file.handle.writev(waiting.splice(0))
    }
    const stored = { hash: nameOf(hash), sizeBytes }
    if (!file) return await use({ ...stored, body: { kind: 'memory', bytes: Buffer.concat(waiting) } })
    const { path } = file
    return await use({ ...stored, body: { kind: 'file', open: () => createReadStream(path) } })
  } finally {
    await file?.remove()
  }
}

type SpoolFile = { readonly handle: FileHandle; readonly path: string; remove(): Promise<void> }

async function createSpoolFile(): Promise<SpoolFile> {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-spool-'))
  const path = join(folder, 'object')
  const handle = await open(path, 'wx', 0o600)
  return {
    handle,
    path,
    async remove() {
      await handle.close()
      await rm(folder, { recursive: true })
    },
  }
}
