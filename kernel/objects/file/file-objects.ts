/**
 * Objects in a folder of this machine: `<ab>/<64 hex digits>` by the first two digits, 256 folders.
 * A file appears under its name only whole and synced: written under `incoming/`, fdatasync, rename, fsync of the folder.
 */

import { mkdir, open, stat, statfs, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@xinglin/runtime'
import { digitsOf } from '../object-hash.ts'
import type { ObjectHash, Objects } from '../objects.ts'
import { createVerifiedCache } from '../verified-cache.ts'
import { createDirectSlots } from './direct-slots.ts'
import { openFolders } from './folders.ts'
import { type Incoming, openIncoming } from './incoming.ts'
import { syncFolder, writeObject } from './put.ts'
import { readObject, readRange } from './read.ts'

export type FileObjectsOptions = { readonly url: URL; readonly log: Logger }

/** Opens (or creates) the store and sweeps what crashed processes left behind. */
export async function openFileObjects({ url, log }: FileObjectsOptions): Promise<Objects> {
  const root = fileURLToPath(url)
  await createFolders(root)
  const incoming = await openIncoming({ folder: join(root, 'incoming'), log })
  const slots = await createDirectSlots(incoming.newPath())
  const folders = openFolders()
  const cache = createVerifiedCache(() => performance.now())
  const pathOf = (hash: ObjectHash) => {
    const digits = digitsOf(hash)
    return join(root, digits.slice(0, 2), digits)
  }
  return {
    put: (bytes, options) =>
      writeObject(bytes, { ...options, slots, folders, newPath: incoming.newPath, pathOf }),
    async get(hash, range) {
      const path = pathOf(hash)
      const found = await statOrNothing(path)
      if (!found) return undefined
      const file = { hash, path, sizeBytes: found.size, state: `${found.size} ${found.mtimeMs} ${found.ino}` }
      const bytes = range ? readRange(file, range, cache) : readObject(file)
      return { sizeBytes: found.size, bytes }
    },
    has: async (hash) => (await statOrNothing(pathOf(hash))) !== undefined,
    async health() {
      const { bavail, bsize } = await statfs(root)
      return { kind: 'file', isWritable: await isWritable(incoming), freeBytes: bavail * bsize }
    },
  }
}

/** All 256 folders at once: 12 ms the first time, and no put ever waits for a new folder to be made durable. */
async function createFolders(root: string): Promise<void> {
  const firstMade = await mkdir(join(root, 'incoming'), { recursive: true })
  const folders = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'))
  await Promise.all(folders.map((folder) => mkdir(join(root, folder), { recursive: true })))
  await syncFolder(root)
  if (firstMade) await syncParents(root, dirname(firstMade))
}

/** Syncs the folders above `folder` up to `last`, which named none of them before. */
async function syncParents(folder: string, last: string): Promise<void> {
  const parent = dirname(folder)
  if (folder === last || parent === folder) return
  await syncFolder(parent)
  await syncParents(parent, last)
}

async function statOrNothing(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function isWritable(incoming: Incoming): Promise<boolean> {
  const path = incoming.newPath()
  try {
    const probe = await open(path, 'wx')
    await probe.close()
    await unlink(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
