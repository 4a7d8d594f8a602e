/** Search parameters by resource type: `[name, type, expression, targets?, components?]`, and the Patient compartment. */
import type { DefinitionResource } from './tables.ts'

type SearchParameter = DefinitionResource & {
  readonly url: string
  readonly code: string
  readonly base: readonly string[]
  readonly type: string
  readonly expression?: string
  readonly target?: readonly string[]
  readonly component?: readonly { readonly definition: string; readonly expression: string }[]
}
type Row = readonly [
  name: string,
  type: string,
  expression: string,
  targets?: readonly string[],
  components?: readonly (readonly [type: string, expression: string])[],
]

/** A parameter that lists this many target types means any of the 146; `Resource` then stands for all. */
const anyTypeFrom = 140

/** Rows of every type that has parameters; those of `Resource` and `DomainResource` hold for all types. */
export function searchTables(
  definitions: readonly DefinitionResource[],
): Readonly<Record<string, readonly Row[]>> {
  const parameters = definitions.filter(
    (each) => each.resourceType === 'SearchParameter',
  ) as SearchParameter[]
  const typeOf = new Map(parameters.map((each) => [each.url, each.type]))
  const tables: Record<string, Row[]> = {}
  for (const parameter of parameters) {
    if (!parameter.expression) continue
    for (const base of parameter.base) {
      tables[base] ??= []
      tables[base].push(row(parameter, base, typeOf))
    }
  }
  for (const list of Object.values(tables)) list.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  return Object.fromEntries(Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function row(parameter: SearchParameter, base: string, typeOf: ReadonlyMap<string, string>): Row {
  const head = [parameter.code, parameter.type, expressionFor(parameter.expression ?? '', base)] as const
  if (parameter.component) {
    const components = parameter.component.map(
      (each) => [typeOf.get(each.definition) ?? 'token', each.expression] as const,
    )
    return [...head, [], components]
  }
  if (!parameter.target) return head
  return [...head, parameter.target.length >= anyTypeFrom ? ['Resource'] : parameter.target]
}

/** The alternatives of a shared expression that begin at this type. */
function expressionFor(expression: string, base: string): string {
  const parts = expression.split('|').map((part) => part.trim())
  const own = parts.filter((part) => part.replace(/^\(+/, '').split('.')[0] === base)
  return (own.length > 0 ? own : parts).join(' | ')
}

/** Reference parameters that put a resource into a patient's compartment (R4 CompartmentDefinition patient). */
export function patientCompartment(
  definition: DefinitionResource,
): Readonly<Record<string, readonly string[]>> {
  const rows = definition.resource as readonly { readonly code: string; readonly param?: readonly string[] }[]
  return Object.fromEntries(rows.filter((row) => row.param).map((row) => [row.code, row.param ?? []]))
}
