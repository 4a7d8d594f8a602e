/** Test data from outside the repository: the R4 example instances (tar, gzip) and Synthea bundles, where they are at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const data = new URL('../../../../shared/data/', import.meta.url)
const instances = new URL('fhir-r4-examples/instances-only.tgz', data)
const synthea = new URL('synthea/', data)

export type Example = {
  readonly file: string
  readonly resource: { readonly resourceType: string; readonly id?: string }
}

/** Why a test has to be skipped; false where the examples are at hand. */
export const examplesMissing = existsSync(instances) ? false : 'the R4 examples are not beside the repository'
export const syntheaMissing = existsSync(synthea)
  ? false
  : 'the Synthea bundles are not beside the repository'

/** All R4 example instances; empty where they are missing. */
export function r4Examples(): readonly Example[] {
  if (examplesMissing) return []
  return filesIn(gunzipSync(readFileSync(instances)))
    .filter(({ name }) => name.endsWith('.json') && !name.endsWith('package.json'))
    .map(({ name, text }) => ({ file: name.replace(/^.*\//, ''), resource: JSON.parse(text) }))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
}

/** The entries' resources of the first `count` Synthea bundles. */
export function syntheaResources(count: number): readonly Example['resource'][] {
  if (syntheaMissing) return []
  const files = readdirSync(synthea).sort().slice(0, count)
  return files.flatMap((file) => {
    const bundle = JSON.parse(readFileSync(new URL(file, synthea), 'utf8'))
    return bundle.entry.map((entry: { resource: Example['resource'] }) => entry.resource)
  })
}

/** POSIX ustar: a 512-byte header with name (0–99), size in octal (124–135) and type (156), then the content in blocks. */
export function filesIn(tar: Buffer): readonly { name: string; text: string }[] {
  const files: { name: string; text: string }[] = []
  let offset = 0
  while (offset + 512 <= tar.length && tar[offset] !== 0) {
    const name = tar.toString('latin1', offset, offset + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(tar.toString('latin1', offset + 124, offset + 136), 8)
    const isFile = tar[offset + 156] === 48 || tar[offset + 156] === 0
    if (isFile) files.push({ name, text: tar.toString('utf8', offset + 512, offset + 512 + size) })
    offset += 512 + Math.ceil(size / 512) * 512
  }
  return files
}
