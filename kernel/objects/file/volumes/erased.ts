/**
 * Erased records of volumes: their blocks are overwritten with zeros, then their places are noted in `erased.places`, so
 * that lists of finished volumes, and other processes, no longer lead there. A crash in between leaves a place that is
 * found and overwritten again.
 */

import { open, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { blockBytes } from '../direct-slots.ts'
import { syncFolder } from '../folders.ts'
import type { Place } from '../read.ts'
import { blocksOf, headBytes } from './record.ts'

const nameOfFile = 'erased.places'
/** Zeros of one write. */
const stepBlocks = 256

/** `<volume> <block>`: one record that was erased. */
export type ErasedPlace = string & { readonly erased: true }

export function erasedPlace(path: string, block: number): ErasedPlace {
  return `${basename(path)} ${block}` as ErasedPlace
}

/** Places of a folder that were erased by any process. */
export async function readErased(folder: string): Promise<ReadonlySet<ErasedPlace>> {
  const text = await readFile(join(folder, nameOfFile), 'latin1').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  // A line that a crash cut off names no place that is.
  return new Set(text.split('\n').filter((line) => line !== '') as ErasedPlace[])
}

/** Overwrites a record and notes its place; durable when it settles. */
export async function eraseRecord({ path, startByte, sizeBytes }: Place): Promise<ErasedPlace> {
  const block = (startByte - headBytes) / blockBytes
  await overwrite(path, block, blocksOf(sizeBytes))
  const place = erasedPlace(path, block)
  const folder = dirname(path)
  const notes = await open(join(folder, nameOfFile), 'a', 0o640)
  try {
    await notes.write(`${place}\n`)
    await notes.datasync()
  } finally {
    await notes.close()
  }
  await syncFolder(folder)
  return place
}

async function overwrite(path: string, from: number, blocks: number): Promise<void> {
  const zeros = Buffer.alloc(Math.min(blocks, stepBlocks) * blockBytes)
  const handle = await open(path, 'r+')
  try {
    for (let done = 0; done < blocks; done += stepBlocks) {
      const length = Math.min(stepBlocks, blocks - done) * blockBytes
      await handle.write(zeros, 0, length, (from + done) * blockBytes)
    }
    await handle.datasync()
  } finally {
    await handle.close()
  }
}
