/** The US Core 6.1.0 package where it is beside the repository: its definitions as sources of profiles, and its examples. */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { listValueSet } from '../profiles/value-set-codes.ts'
import type { ProfileSources } from '../profiles.ts'
import { type Example, filesIn } from './examples.ts'

const usCore = new URL('../../../../shared/data/us-core-6.1.0/us_core_610.tgz', import.meta.url)

export type Defined = Example['resource'] & { readonly url?: string; readonly version?: string }

/** Why a test has to be skipped; false where the package is at hand. */
export const usCoreMissing = existsSync(usCore) ? false : 'US Core 6.1.0 is not beside the repository'

/** Definitions and examples; none where the package is missing. */
export function readUsCore(): {
  readonly definitions: readonly Defined[]
  readonly examples: readonly Example[]
} {
  if (usCoreMissing) return { definitions: [], examples: [] }
  const files = filesIn(gunzipSync(readFileSync(usCore))).filter(({ name }) =>
    /\/[A-Z][^/]*\.json$/.test(name),
  )
  const parsed = files.map(({ name, text }) => ({ name, resource: JSON.parse(text) as Defined }))
  return {
    definitions: parsed.filter(({ name }) => /^package\/[^/]*$/.test(name)).map(({ resource }) => resource),
    examples: parsed
      .filter(({ name }) => name.startsWith('package/example/'))
      .map(({ name, resource }) => ({ file: name.slice('package/example/'.length), resource }))
      .sort((a, b) => (a.file < b.file ? -1 : 1)),
  }
}

/** Sources over definitions in memory. */
export function sourcesOf(definitions: readonly Defined[]): ProfileSources {
  const find = (type: string, canonical: string) => {
    const [url, version] = canonical.split('|')
    return definitions.find(
      (each) =>
        each.resourceType === type && each.url === url && (version === undefined || each.version === version),
    )
  }
  const vocabulary = {
    valueSet: (canonical: string) => find('ValueSet', canonical),
    codeSystem: (canonical: string) => find('CodeSystem', canonical),
  }
  return {
    structures: async (canonicals) =>
      new Map(canonicals.map((each) => [each, find('StructureDefinition', each)])),
    valueSets: async (canonicals) =>
      new Map(
        canonicals.flatMap((each) => {
          const keys = listValueSet(each, vocabulary)
          return keys ? [[each, keys] as const] : []
        }),
      ),
  }
}
