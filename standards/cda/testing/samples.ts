/** Public C-CDA samples of others beside the repository, read where they lie. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../../../shared/data/ccda-ms-converter/input')

/** A reason to skip, or false. */
export const samplesMissing = existsSync(folder) ? false : `no public C-CDA samples at ${folder}`

/** Each sample by its file name. */
export function ccdaSamples(): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
}
