/** One put: hash while writing, sync, rename under the hash, sync the folder, answer. */

import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { busy, OutcomeError } from '@xinglin/fhir'
import { exceeds, nameOf, startHash } from '../object-hash.ts'
import type { ObjectHash, PutOptions, StoredObject } from '../objects.ts'
import type { DirectSlots } from './direct-slots.ts'
import type { Folders } from './folders.ts'
import { createSink, openFlags, type Sink } from './sinks.ts'

export type WriteOptions = PutOptions & {
  readonly slots: DirectSlots
  readonly folders: Folders
  readonly newPath: () => string
  readonly pathOf: (hash: ObjectHash) => string
}
type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Stores a stream durably; on any failure nothing is left under a name. */
export async function writeObject(bytes: Bytes, options: WriteOptions): Promise<StoredObject> {
  const path = options.newPath()
  const slot = options.slots.take()
  try {
    const handle = await open(path, openFlags(slot !== undefined), 0o640)
    return await writeAndName({ path, handle, slot }, bytes, options)
  } catch (error) {
    await removeIncoming(path)
    throw storageFailure(error)
  } finally {
    if (slot) options.slots.giveBack(slot)
  }
}

type Draft = { readonly path: string; readonly handle: FileHandle; readonly slot: Uint8Array | undefined }

async function writeAndName(
  { path, handle, slot }: Draft,
  bytes: Bytes,
  { maxBytes, pathOf, named, folders }: WriteOptions,
): Promise<StoredObject> {
  const hash = startHash()
  const sink = createSink({ handle, hash, ...(slot ? { slot } : {}) })
  try {
    const sizeBytes = await pour(bytes, sink, maxBytes)
    const stored = { hash: nameOf(hash), sizeBytes }
    named?.(stored)
    await nameDurably({ handle, path, target: pathOf(stored.hash), folders })
    return stored
  } finally {
    // What is durable is so without the close; what failed is unlinked with or without it.
    handle.close().catch(() => undefined)
  }
}

async function pour(bytes: Bytes, sink: Sink, maxBytes: number): Promise<number> {
  let sizeBytes = 0
  for await (const chunk of bytes) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw exceeds(maxBytes)
    await sink.write(chunk)
  }
  await sink.end(sizeBytes)
  return sizeBytes
}

type Naming = {
  readonly handle: FileHandle
  readonly path: string
  readonly target: string
  readonly folders: Folders
}

async function nameDurably({ handle, path, target, folders }: Naming): Promise<void> {
  // Synced before it gets its name: after a power cut no half file can stand under a hash.
  await handle.datasync()
  // Over an object of the same name too: its folder is then synced for this answer, and damaged bytes are healed.
  await rename(path, target)
  await folders.sync(dirname(target))
}

/**
 * fsync(2) of a folder: a renamed file survives a power cut only once the folder that names it is synced.
 * Windows cannot open folders; its file system journals names itself.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function removeIncoming(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    // Renamed already, or never opened: nothing to remove.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  })
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE'])

/** A full or read-only disk is told as `busy`: the sender keeps its copy and tries again. */
function storageFailure(error: unknown): unknown {
  if (error instanceof OutcomeError || !(error instanceof Error && 'code' in error)) return error
  if (!fullCodes.has(String(error.code))) return error
  return busy(`objects cannot be written (${error.code}); free or add disk space`, {
    code: 'objects.no-space',
    cause: error,
  })
}
