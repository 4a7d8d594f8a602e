/** What is kept for a time only, as files of one folder; removing one is removing its file. */

import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { epochMs } from '@xinglin/fhir'
import { hashOfPassing, passingNameOf } from '../object-hash.ts'
import type { PassingName, PassingObjects } from '../objects.ts'
import type { VerifiedCache } from '../verified-cache.ts'
import { ignoreGone } from './owner.ts'
import { type WriteOptions, writeOwnFile } from './put.ts'
import { readObject, readRange } from './read.ts'

type Needs = Pick<WriteOptions, 'slots' | 'folders' | 'newPath'> & { readonly cache: VerifiedCache }

/** The passing objects of a folder that exists. */
export function passingFiles(folder: string, { cache, ...writing }: Needs): PassingObjects {
  const remove = async (name: string) => {
    if (hashOfPassing(name)) await unlink(join(folder, name)).catch(ignoreGone)
  }
  return {
    async put(bytes, { maxBytes }) {
      let name = '' as PassingName
      const pathOf: WriteOptions['pathOf'] = (hash) => {
        name = passingNameOf(hash)
        return join(folder, name)
      }
      const { sizeBytes } = await writeOwnFile(bytes, { ...writing, maxBytes, pathOf })
      return { name, sizeBytes }
    },
    async get(name, range) {
      const hash = hashOfPassing(name)
      const path = join(folder, name)
      const file = hash && (await stat(path).catch(ignoreGone))
      if (!hash || !file) return undefined
      const state = `${file.size} ${file.mtimeMs} ${file.ino}`
      const held = { hash, place: { path, startByte: 0, sizeBytes: file.size }, state }
      return { sizeBytes: file.size, bytes: range ? readRange(held, range, cache) : readObject(held) }
    },
    remove,
    async removeBefore(at) {
      let removed = 0
      for (const name of await readdir(folder)) {
        const file = await stat(join(folder, name)).catch(ignoreGone)
        if (!file || file.mtimeMs >= epochMs(at)) continue
        await remove(name)
        removed++
      }
      return removed
    },
  }
}
