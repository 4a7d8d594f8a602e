/**
 * The volumes of a store as this process knows them, and where each of their objects stands. Volumes of stopped processes
 * are listed once and for all; those that another process appends to are looked through again when something is missed.
 */

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { blockBytes } from '../direct-slots.ts'
import { syncFolder } from '../folders.ts'
import { ignoreGone, isInUse } from '../owner.ts'
import type { Place } from '../read.ts'
import { type ErasedPlace, erasedPlace, eraseRecord, readErased } from './erased.ts'
import { readList, writeList } from './list-file.ts'
import { createPlaceIndex } from './place-index.ts'
import { headBytes } from './record.ts'
import { type Listed, scanRecords } from './scan.ts'
import { openVolume, readSalt } from './volume-file.ts'

/** `isSure`: the bytes were durable when they were found. */
export type Found = { readonly place: Place; readonly isSure: boolean }

export interface KnownVolumes {
  find(digest: Uint8Array): Found | undefined
  /** Takes over a volume of this process; its number. */
  add(path: string): number
  note(volume: number, listed: Listed): void
  /** Overwrites the record of an object where it stands; it is found no more. */
  erase(digest: Uint8Array): Promise<boolean>
  /** Looks for volumes and records that other processes made meanwhile. */
  refresh(): Promise<void>
}

type Known = {
  readonly path: string
  /** Another process may append to it: its records may not be durable yet, and more may come. */
  isForeign: boolean
  /** Everything before it has been listed. */
  nextBlock: number
}

const extension = '.volume'

export function volumePath(folder: string, name: string): string {
  return join(folder, `${name}${extension}`)
}

/** Lists every volume of the folder; those that a crash left without a list get one. */
export async function openKnownVolumes(folder: string): Promise<KnownVolumes> {
  const index = createPlaceIndex()
  const volumes: Known[] = []
  const byPath = new Map<string, number>()
  let erased: ReadonlySet<ErasedPlace> = new Set()

  function add(path: string): number {
    byPath.set(path, volumes.length)
    return volumes.push({ path, isForeign: false, nextBlock: 1 }) - 1
  }

  function note(volume: number, { digest, block, sizeBytes }: Listed): void {
    if (erased.size > 0 && erased.has(erasedPlace(volumes[volume]?.path ?? '', block))) return
    index.set(digest, { volume, block, sizeBytes })
  }

  async function load(path: string): Promise<void> {
    const listed = await readList(path)
    const number = byPath.get(path) ?? add(path)
    const known = volumes[number]
    if (!known) return
    if (listed) {
      known.isForeign = false
      for (const each of listed) note(number, each)
      return
    }
    // Asked first: a process that stops between the two questions leaves a volume that is looked through once more.
    known.isForeign = await isInUse(path)
    const found = await scan(known)
    if (!found) return
    for (const each of found) note(number, each)
    if (!known.isForeign) await writeList(path, found)
  }

  async function refresh(): Promise<void> {
    erased = await readErased(folder)
    for (const name of await readdir(folder)) {
      if (!name.endsWith(extension)) continue
      const path = join(folder, name)
      const known = volumes[byPath.get(path) ?? -1]
      if (!known || known.isForeign) await load(path)
    }
  }

  await refresh()
  await syncFolder(folder)
  let running = Promise.resolve()
  function find(digest: Uint8Array): Found | undefined {
    const place = index.find(digest)
    const known = place && volumes[place.volume]
    if (!known) return undefined
    const { block, sizeBytes } = place
    if (erased.size > 0 && erased.has(erasedPlace(known.path, block))) return undefined
    const startByte = block * blockBytes + headBytes
    return { place: { path: known.path, startByte, sizeBytes }, isSure: !known.isForeign }
  }

  return {
    find,
    async erase(digest) {
      const found = find(digest)
      if (!found) return false
      const place = await eraseRecord(found.place)
      erased = new Set([...erased, place])
      index.remove(digest)
      return true
    },
    add,
    note,
    refresh() {
      running = running.catch(() => undefined).then(refresh)
      return running
    },
  }
}

/** What stands in a volume behind what is known; of a volume in nobody's hands everything, made durable. */
async function scan(known: Known): Promise<readonly Listed[] | undefined> {
  const handle = await openVolume(known.path).catch(ignoreGone)
  if (!handle) return undefined
  try {
    const salt = await readSalt(handle)
    // A crash before its first block was whole: nothing was promised of it.
    if (!salt) return []
    if (!known.isForeign) await handle.datasync()
    const { listed, nextBlock } = await scanRecords(handle, salt, known.isForeign ? known.nextBlock : 1)
    known.nextBlock = nextBlock
    return listed
  } finally {
    await handle.close()
  }
}
