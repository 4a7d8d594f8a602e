/**
 * One put. What fits a slot goes to a volume. What is larger gets a file of its own: hash while writing, sync, rename
 * under the hash, sync the folder, answer.
 */

import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { busy, OutcomeError } from '@xinglin/fhir'
import { exceeds, nameOf, startHash } from '../object-hash.ts'
import type { Bytes, ObjectHash, PutOptions, StoredObject } from '../objects.ts'
import type { DirectSlots } from './direct-slots.ts'
import type { Folders } from './folders.ts'
import { createSink, openFlags, type Sink } from './sinks.ts'
import { headBytes } from './volumes/record.ts'
import type { Volumes } from './volumes/volumes.ts'

export type WriteOptions = PutOptions & {
  readonly slots: DirectSlots
  readonly volumes: Volumes
  readonly folders: Folders
  readonly newPath: () => string
  readonly pathOf: (hash: ObjectHash) => string
}

/** Stores a stream durably; on any failure nothing is left under a name. */
export async function writeObject(bytes: Bytes, options: WriteOptions): Promise<StoredObject> {
  const { slots, volumes, maxBytes, named } = options
  const slot = slots.take()
  try {
    const source = each(bytes)
    if (!slot) return await writeFile(source, options, undefined)
    const gathered = await gather(source, slot, maxBytes)
    return 'rest' in gathered
      ? await writeFile(gathered.rest, options, slots.take())
      : await volumes.put(slot, gathered.sizeBytes, named)
  } catch (error) {
    throw storageFailure(error)
  } finally {
    if (slot) slots.giveBack(slot)
  }
}

async function* each(bytes: Bytes): AsyncGenerator<Uint8Array, void, undefined> {
  yield* bytes
}

/** Fills a slot behind the room for a record's head. What does not fit comes out again, all of it, as `rest`. */
async function gather(
  source: AsyncGenerator<Uint8Array, void, undefined>,
  slot: Uint8Array,
  maxBytes: number,
): Promise<{ readonly sizeBytes: number } | { readonly rest: AsyncIterable<Uint8Array> }> {
  let end = headBytes
  // Not a `for await`: leaving that would end the source.
  for (let next = await source.next(); !next.done; next = await source.next()) {
    const chunk = next.value
    if (end - headBytes + chunk.length > maxBytes) {
      await source.return()
      throw exceeds(maxBytes)
    }
    if (end + chunk.length > slot.length)
      return { rest: resumed(slot.subarray(headBytes, end), chunk, source) }
    slot.set(chunk, end)
    end += chunk.length
  }
  return { sizeBytes: end - headBytes }
}

async function* resumed(
  gathered: Uint8Array,
  chunk: Uint8Array,
  source: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield gathered
  yield chunk
  yield* source
}

/** Stores a stream durably as a file of its own, whatever its size. */
export async function writeOwnFile(
  bytes: Bytes,
  options: Omit<WriteOptions, 'volumes'>,
): Promise<StoredObject> {
  const slot = options.slots.take()
  try {
    return await writeFile(each(bytes), options, slot)
  } catch (error) {
    throw storageFailure(error)
  }
}

async function writeFile(
  bytes: AsyncIterable<Uint8Array>,
  options: Omit<WriteOptions, 'volumes'>,
  slot: Uint8Array | undefined,
): Promise<StoredObject> {
  const path = options.newPath()
  try {
    const handle = await open(path, openFlags(slot !== undefined && options.slots.isDirect), 0o640)
    return await writeAndName({ path, handle, slot }, bytes, options)
  } catch (error) {
    await removeIncoming(path)
    throw error
  } finally {
    if (slot) options.slots.giveBack(slot)
  }
}

type Draft = { readonly path: string; readonly handle: FileHandle; readonly slot: Uint8Array | undefined }

async function writeAndName(
  { path, handle, slot }: Draft,
  bytes: AsyncIterable<Uint8Array>,
  { maxBytes, pathOf, named, folders }: Omit<WriteOptions, 'volumes'>,
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

async function pour(bytes: AsyncIterable<Uint8Array>, sink: Sink, maxBytes: number): Promise<number> {
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
