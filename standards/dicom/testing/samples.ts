/** Sample files of others beside the repository (`../shared/data/dicom`); tests skip, saying so, where they are missing. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../shared/data/dicom/', import.meta.url))

/** A reason to skip; false where the samples are there. */
export const samplesMissing: string | false = existsSync(root) ? false : `no samples in ${root}`

export type Sample = { readonly name: string; readonly bytes: Buffer }

/** All files of a folder that begin as Part 10 files do. */
export function part10Samples(folder: string): readonly Sample[] {
  if (samplesMissing) return []
  return readdirSync(join(root, folder))
    .sort()
    .filter((name) => statSync(join(root, folder, name)).isFile())
    .map((name) => ({ name, bytes: readFileSync(join(root, folder, name)) }))
    .filter(({ bytes }) => bytes.toString('latin1', 128, 132) === 'DICM')
}

/** One file, for example `pydicom/charset_files/chrX1.dcm`. */
export function sampleFile(path: string): Buffer {
  return readFileSync(join(root, path))
}
