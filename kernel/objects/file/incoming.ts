/** The folder of half-written objects: one file a put, named by its process, swept after crashes. */

import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@xinglin/runtime'
import { ignoreGone, isInUse, newName } from './owner.ts'

export interface Incoming {
  /** A path that no other put uses. */
  newPath(): string
}

/** Removes what stopped processes left, then hands out new paths. */
export async function openIncoming({ folder, log }: { folder: string; log: Logger }): Promise<Incoming> {
  const swept = await sweep(folder)
  if (swept > 0) log.info('half-written objects of a crash removed', { files: swept })
  return { newPath: () => join(folder, newName()) }
}

async function sweep(folder: string): Promise<number> {
  let swept = 0
  for (const name of await readdir(folder)) {
    if (await isInUse(join(folder, name))) continue
    await unlink(join(folder, name)).catch(ignoreGone)
    swept++
  }
  return swept
}
