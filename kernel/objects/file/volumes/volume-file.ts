/**
 * One volume: a file of up to 256 MB that one process appends to. Its first block holds a magic and the salt of its
 * records; a record is durable once a `fdatasync` that began after its last write has ended. Records that wait at the
 * same time share one.
 */

import { randomBytes } from 'node:crypto'
import * as files from 'node:fs'
import { type FileHandle, open as openHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { blockBytes } from '../direct-slots.ts'
import { openFlags } from '../sinks.ts'

// Plain descriptors: a volume stays open while the process lives, and a FileHandle that nobody closes is closed with a warning.
const open = promisify(files.open)
const write = promisify(files.write)
const datasync = promisify(files.fdatasync)
const close = promisify(files.close)

/** Scanned in 0.1 s where a crash left it without its list; 10 TB are 40,000 files. */
export const volumeBytes = 256 * 1024 * 1024
const magic = Buffer.from('XLVOL-1\n', 'latin1')
const saltBytes = 32

export type VolumeOptions = {
  /** Whether the file system takes direct writes. */
  readonly isDirect: boolean
  readonly capacityBytes: number
}

export interface VolumeFile {
  readonly path: string
  readonly salt: Uint8Array
  /** The first block of room for so many; undefined where the volume is full or failed. */
  reserve(blocks: number): number | undefined
  /** `bytes` are whole blocks. */
  write(bytes: Uint8Array, block: number): Promise<void>
  /** Settles when everything whose `write` has settled is durable. After a failure the volume takes nothing more. */
  synced(): Promise<void>
  /** To be called once nothing is on its way. */
  close(): Promise<void>
}

/** Makes a volume; durable, its name apart, when it settles. `memory` is one aligned block at least. */
export async function createVolume(
  path: string,
  memory: Uint8Array,
  { isDirect, capacityBytes }: VolumeOptions,
): Promise<VolumeFile> {
  const descriptor = await open(path, openFlags(isDirect), 0o640)
  const salt = randomBytes(saltBytes)
  const first = memory.subarray(0, blockBytes).fill(0)
  first.set(magic)
  first.set(salt, magic.length)
  await writeAll(descriptor, first, 0)
  await datasync(descriptor)
  return appendable({ path, descriptor, salt, capacityBytes })
}

/** The salt of a volume; undefined where the file is none. */
export async function readSalt(handle: FileHandle): Promise<Uint8Array | undefined> {
  const length = magic.length + saltBytes
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0)
  if (bytesRead < length || !buffer.subarray(0, magic.length).equals(magic)) return undefined
  return buffer.subarray(magic.length)
}

type Appending = {
  readonly path: string
  readonly descriptor: number
  readonly salt: Uint8Array
  readonly capacityBytes: number
}

function appendable({ path, descriptor, salt, capacityBytes }: Appending): VolumeFile {
  let nextBlock = 1
  let hasFailed = false
  let running: Promise<void> | undefined
  let following: Promise<void> | undefined

  const sync = (): Promise<void> => {
    running = datasync(descriptor).finally(() => {
      running = undefined
    })
    return running
  }
  const failing = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      // What a failed fdatasync has written is unknown, and a second one would not say (fsync(2), ERRORS).
      hasFailed = true
      throw error
    })
  return {
    path,
    salt,
    reserve(blocks) {
      if (hasFailed || (nextBlock + blocks) * blockBytes > capacityBytes) return undefined
      const block = nextBlock
      nextBlock += blocks
      return block
    },
    write: (bytes, block) => failing(writeAll(descriptor, bytes, block * blockBytes)),
    synced() {
      if (hasFailed) return Promise.reject(new Error('the volume has failed'))
      if (!running) return failing(sync())
      // The one under way began too early for this caller: the next one is shared by all who come meanwhile.
      following ??= running
        .catch(() => undefined)
        .then(() => {
          following = undefined
          return failing(sync())
        })
      return following
    },
    close: () => close(descriptor),
  }
}

/** Opens a volume for reading; through the page cache, whatever it was written with. */
export function openVolume(path: string): Promise<FileHandle> {
  return openHandle(path, 'r')
}

/** write(2) may write less than it was given. */
async function writeAll(descriptor: number, bytes: Uint8Array, fileOffset: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const left = bytes.length - written
    written += (await write(descriptor, bytes, written, left, fileOffset + written)).bytesWritten
  }
}
