/** Element tables from StructureDefinitions: one list per type and backbone, `[name, min, max, types, valueSet?]`. */
import type { DefinitionResource } from './tables.ts'

type ElementType = { readonly code: string; readonly targetProfile?: readonly string[] }
/** The parts of an ElementDefinition that the tables are made from. */
export type DefinitionElement = {
  readonly path: string
  readonly min: number
  readonly max: string
  readonly type?: readonly ElementType[]
  readonly contentReference?: string
  readonly base?: { readonly path: string }
  readonly binding?: { readonly strength: string; readonly valueSet?: string }
  readonly constraint?: readonly unknown[]
}
type Row = readonly [
  name: string,
  min: number,
  max: number | '*',
  types: readonly string[],
  valueSet: string | undefined,
]

/** Tables of every concrete resource and data type, the names of all resource types, and the required value sets in use. */
export function elementTables(structures: readonly DefinitionResource[]): {
  elements: Readonly<Record<string, readonly Row[]>>
  resourceTypes: readonly string[]
  bindings: readonly string[]
} {
  const elements: Record<string, Row[]> = {}
  const chosen = structures.filter(isConcrete)
  const resourceTypes = chosen
    .filter((each) => each.kind === 'resource')
    .map((each) => String(each.name))
    .sort()
  const resources = new Set(resourceTypes)
  for (const structure of chosen) addStructure(elements, structure, resources)
  const rows = Object.values(elements).flat()
  const bindings = [...new Set(rows.flatMap((row) => (row[4] ? [row[4]] : [])))].sort()
  const sorted = Object.fromEntries(Object.entries(elements).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { elements: sorted, resourceTypes, bindings }
}

/** Whether instances of the type stand in resources: not an abstract base or a profile. */
export function isConcrete(structure: DefinitionResource): boolean {
  if (structure.resourceType !== 'StructureDefinition' || structure.fhirVersion !== '4.0.1') return false
  if (structure.name === 'Element') return true
  if (structure.kind === 'complex-type') return structure.derivation === 'specialization'
  return (
    structure.kind === 'resource' && structure.derivation === 'specialization' && structure.abstract === false
  )
}

function addStructure(
  elements: Record<string, Row[]>,
  structure: DefinitionResource,
  resources: ReadonlySet<string>,
): void {
  const snapshot = structure.snapshot as { readonly element: readonly DefinitionElement[] }
  for (const element of snapshot.element) {
    const cut = element.path.lastIndexOf('.')
    if (cut < 0) continue
    const owner = element.path.slice(0, cut)
    elements[owner] ??= []
    elements[owner].push(row(element, cut, resources))
  }
}

/** An element typed with one resource type (Bundle.entry.response.outcome) holds a whole resource. */
function row(element: DefinitionElement, cut: number, resources: ReadonlySet<string>): Row {
  const max = element.max === '*' ? '*' : Number(element.max)
  const required =
    element.binding?.strength === 'required' ? element.binding.valueSet?.split('|')[0] : undefined
  const types = isLogicalId(element)
    ? ['id']
    : typesOf(element).map((type) => (resources.has(type) ? 'Resource' : type))
  return [element.path.slice(cut + 1), element.min, max, types, required]
}

function typesOf(element: DefinitionElement): readonly string[] {
  if (element.contentReference) return [element.contentReference.slice(1)]
  return (element.type ?? []).map((type) => typeName(type, element.path))
}

function typeName(type: ElementType, path: string): string {
  if (type.code === 'BackboneElement' || type.code === 'Element') return path
  if (type.code === 'http://hl7.org/fhirpath/System.String') return 'string'
  const targets = (type.targetProfile ?? []).map((profile) => profile.slice(profile.lastIndexOf('/') + 1))
  if (type.code !== 'Reference' || targets.length === 0 || targets.includes('Resource')) return type.code
  return `Reference(${targets.join('|')})`
}

/** `Resource.id` is an `id`; the id of an element is any string. */
function isLogicalId(element: DefinitionElement): boolean {
  return element.base?.path === 'Resource.id'
}
