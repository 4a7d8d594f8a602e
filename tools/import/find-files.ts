/** The files of an import in the order in which they can be taken: hospitals and practitioners before what refers to them. */
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

export type ImportFile = { readonly path: string; readonly sizeBytes: number; readonly isFirst: boolean }

/** Synthea writes what all patients share into files of these names. */
const sharedFiles = /^(hospital|practitioner)Information/

/** Every `.json` and `.ndjson` of the folders (all depths) and files named; throws where one does not exist. */
export async function findFiles(places: readonly string[]): Promise<readonly ImportFile[]> {
  const found = (await Promise.all(places.map((place) => filesAt(resolve(place))))).flat()
  return found.toSorted((a, b) => Number(b.isFirst) - Number(a.isFirst) || (a.path < b.path ? -1 : 1))
}

async function filesAt(path: string): Promise<readonly ImportFile[]> {
  const facts = await stat(path)
  if (facts.isFile()) return [{ path, sizeBytes: facts.size, isFirst: sharedFiles.test(basename(path)) }]
  const names = await readdir(path, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile() && /\.(nd)?json$/.test(entry.name))
  return (await Promise.all(files.map((entry) => filesAt(join(entry.parentPath, entry.name))))).flat()
}
