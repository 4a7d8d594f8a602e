/** What an import has brought in so far: one line a part, synced before the next part is sent, so that a killed import goes on. */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportFile } from './find-files.ts'

export interface Journal {
  /** Resources of a part that was taken before; undefined where it still has to be sent. */
  taken(file: ImportFile, unit: number): number | undefined
  note(file: ImportFile, unit: number, resources: number): Promise<void>
  close(): Promise<void>
}

/** The journal of this very list of files (paths and sizes); another list has another journal. */
export async function openJournal(folder: string, files: readonly ImportFile[]): Promise<Journal> {
  await mkdir(folder, { recursive: true })
  const name = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)
  const path = join(folder, `${name}.journal`)
  const handle = await open(path, 'a')
  const taken = new Map<string, number>()
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    const [resources, key] = line.split('\t')
    if (resources && key) taken.set(key, Number(resources))
  }
  const keyOf = (file: ImportFile, unit: number) => `${unit}:${file.path}`
  return {
    taken: (file, unit) => taken.get(keyOf(file, unit)),
    note: async (file, unit, resources) => {
      await handle.appendFile(`${resources}\t${keyOf(file, unit)}\n`)
      await handle.datasync()
    },
    close: () => handle.close(),
  }
}
