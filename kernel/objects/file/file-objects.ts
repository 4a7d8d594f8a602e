/**
 * Objects in a folder of this machine. Up to a megabyte they stand in `volumes/`; larger ones are files of their own,
 * `<ab>/<64 hex digits>` by the first two digits, 256 folders, or under `passing/` what is kept for a time only. Such a
 * file appears under its name only whole and synced: written under `incoming/`, fdatasync, rename, fsync of the folder.
 */

import { mkdir, open, stat, statfs, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@xinglin/runtime'
import { digitsOf } from '../object-hash.ts'
import type { ObjectHash, Objects } from '../objects.ts'
import { createVerifiedCache } from '../verified-cache.ts'
import { createDirectSlots } from './direct-slots.ts'
import { openFolders, syncFolder } from './folders.ts'
import { type Incoming, openIncoming } from './incoming.ts'
import { ignoreGone } from './owner.ts'
import { passingFiles } from './passing.ts'
import { writeObject } from './put.ts'
import { type HeldObject, type Place, readObject, readRange } from './read.ts'
import { openVolumes } from './volumes/volumes.ts'

export type FileObjectsOptions = { readonly url: URL; readonly log: Logger }

/** Opens (or creates) the store and sweeps what crashed processes left behind. */
export async function openFileObjects({ url, log }: FileObjectsOptions): Promise<Objects> {
  const root = fileURLToPath(url)
  await createFolders(root)
  const incoming = await openIncoming({ folder: join(root, 'incoming'), log })
  const slots = await createDirectSlots(incoming.newPath())
  const volumes = await openVolumes(join(root, 'volumes'), { isDirect: slots.isDirect, log })
  const folders = openFolders()
  const cache = createVerifiedCache(() => performance.now())
  const newPath = incoming.newPath
  const pathOf = (hash: ObjectHash) => {
    const digits = digitsOf(hash)
    return join(root, digits.slice(0, 2), digits)
  }
  const find = async (hash: ObjectHash): Promise<HeldObject | undefined> => {
    const digest = Buffer.from(digitsOf(hash), 'hex')
    const place = volumes.find(digest)
    if (place) return inVolume(hash, place)
    const path = pathOf(hash)
    const file = await stat(path).catch(ignoreGone)
    if (file) {
      const state = `${file.size} ${file.mtimeMs} ${file.ino}`
      return { hash, place: { path, startByte: 0, sizeBytes: file.size }, state }
    }
    const foundAnew = await volumes.findAnew(digest)
    return foundAnew && inVolume(hash, foundAnew)
  }
  return {
    put: (bytes, options) => writeObject(bytes, { ...options, slots, volumes, folders, newPath, pathOf }),
    async get(hash, range) {
      const found = await find(hash)
      if (!found) return undefined
      const bytes = range ? readRange(found, range, cache) : readObject(found)
      return { sizeBytes: found.place.sizeBytes, bytes }
    },
    has: async (hash) => (await find(hash)) !== undefined,
    async erase(hash) {
      await volumes.erase(Buffer.from(digitsOf(hash), 'hex'))
      const path = pathOf(hash)
      await unlink(path).catch(ignoreGone)
      await folders.sync(dirname(path))
    },
    async health() {
      const { bavail, bsize } = await statfs(root)
      return { kind: 'file', isWritable: await isWritable(incoming), freeBytes: bavail * bsize }
    },
    passing: passingFiles(join(root, 'passing'), { slots, folders, newPath, cache }),
  }
}

/** What stands in a volume is never written again. */
function inVolume(hash: ObjectHash, place: Place): HeldObject {
  return { hash, place, state: `${place.path} ${place.startByte}` }
}

/** All 256 folders at once: 12 ms the first time, and no put ever waits for a new folder to be made durable. */
async function createFolders(root: string): Promise<void> {
  const firstMade = await mkdir(join(root, 'incoming'), { recursive: true })
  await Promise.all(['volumes', 'passing'].map((name) => mkdir(join(root, name), { recursive: true })))
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
