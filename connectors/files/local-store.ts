/**
 * A folder of this machine below one of the allowed roots. A file is written under another name, synced, and appears by
 * link(2), which unlike rename(2) never replaces one that is there; links are neither followed nor read.
 */
import { constants } from 'node:fs'
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  unlink,
} from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { conflict, forbidden } from '@xinglin/fhir'
import { type FileStore, type FoundFile, mostNamesakes, namesakeOf, partialName } from './store.ts'

/** The folder as it is named; where it really lies is looked at with each act. */
export function localStore(folder: string, roots: readonly string[]): FileStore {
  const real = () => allowedFolder(folder, roots)
  return {
    async list(isWanted) {
      const place = await real()
      const entries = await readdir(place, { withFileTypes: true })
      const names = entries.filter((entry) => entry.isFile() && isWanted(entry.name)).map(({ name }) => name)
      const found = await Promise.all(names.map((name) => foundFile(place, name)))
      return found.filter((file) => file !== undefined)
    },
    read: async (file) => readWhole(await real(), file),
    async move(name, target) {
      const place = await real()
      const into = join(place, target)
      await mkdir(into, { recursive: true })
      if (!isBelow(place, await realpath(into))) throw outside()
      await moveFree(join(place, name), into, name)
    },
    remove: async (name) => unlink(join(await real(), name)),
    create: async (name, content) => createWhole(await real(), name, content),
    close: async () => undefined,
  }
}

/** Whether `path` is `root` or lies below it; both absolute. */
export function isBelow(root: string, path: string): boolean {
  const way = relative(root, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** Throws `forbidden` where a link leads out of the roots. */
async function allowedFolder(folder: string, roots: readonly string[]): Promise<string> {
  const place = await realpath(folder)
  const real = await Promise.all(roots.map((root) => realpath(root).catch(() => root)))
  if (real.some((root) => isBelow(root, place))) return place
  throw outside()
}

function outside() {
  return forbidden('the folder leads out of the allowed ones', { code: 'files.outside' })
}

async function foundFile(place: string, name: string): Promise<FoundFile | undefined> {
  const stat = await lstat(join(place, name)).catch(ifMissing)
  return stat?.isFile() ? { name, sizeBytes: stat.size, changedMs: Math.round(stat.mtimeMs) } : undefined
}

async function readWhole(place: string, file: FoundFile): Promise<Uint8Array | undefined> {
  const handle = await open(join(place, file.name), constants.O_RDONLY | constants.O_NOFOLLOW).catch(
    ifMissing,
  )
  if (!handle) return undefined
  try {
    const before = await handle.stat()
    if (!before.isFile() || before.size !== file.sizeBytes) return undefined
    const content = await handle.readFile()
    return content.byteLength === file.sizeBytes ? content : undefined
  } finally {
    await handle.close()
  }
}

async function moveFree(from: string, into: string, name: string): Promise<void> {
  for (let count = 0; count < mostNamesakes; count++) {
    const target = join(into, namesakeOf(name, count))
    if (await lstat(target).catch(ifMissing)) continue
    await rename(from, target)
    await syncFolder(into)
    return
  }
  throw conflict('the folder has too many files of one name', { code: 'files.namesakes' })
}

async function createWhole(place: string, name: string, content: Uint8Array) {
  const partial = join(place, partialName(name))
  const target = join(place, name)
  // One that a killed process left may be the target under a second name: writing into it would change the target.
  await unlink(partial).catch(ifMissing)
  const handle = await open(partial, 'wx')
  await writeSynced(handle, content)
  try {
    await link(partial, target)
    await syncFolder(place)
    return 'created' as const
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST')) throw cause
    const there = await lstat(target)
    const isSame = there.isFile() && (await readFile(target)).equals(content)
    return isSame ? ('same' as const) : ('other' as const)
  } finally {
    await unlink(partial)
  }
}

async function writeSynced(handle: FileHandle, content: Uint8Array): Promise<void> {
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A name is on the disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function ifMissing(cause: unknown): undefined {
  if (!hasCode(cause, 'ENOENT')) throw cause
}

function hasCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code
}
