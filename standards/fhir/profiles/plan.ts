/**
 * Turns the snapshot of a profile (FHIR R4 §5.1.0.14 slicing, §5.3.4 snapshot) into a tree of what it asks beyond the base
 * definitions: what a profile repeats of its base is left out, because a resource is judged by that already.
 */
import { elements, resourceTypes } from '../generated/elements.js'
import { invariants } from '../generated/invariants.js'
import { typeOfRow } from '../search/resolve.ts'
import { notJudged } from '../validate/invariant-table.ts'
import type { DefinedConstraint, DefinedElement, DefinedType, Definition, Slicing } from './definition.ts'
import { propertiesAt } from './items.ts'

/** What is asked of one element, or of the items of one slice of it. */
export type Node = {
  /** FHIRPath name, without `[x]`; of the root the type. */
  readonly name: string
  /** Name of the slice; undefined for the element itself. */
  readonly slice: string | undefined
  readonly min: number
  readonly max: number
  /** Every type that is allowed, with profiles; empty where the definition names none (content references). */
  readonly types: readonly DefinedType[]
  /** Type names, where they are fewer than those of the base. */
  readonly narrowed: ReadonlySet<string> | undefined
  readonly fixed: unknown
  readonly pattern: unknown
  /** Value set of a required binding that the base does not have. */
  readonly required: string | undefined
  readonly constraints: readonly DefinedConstraint[]
  readonly children: readonly Node[]
  readonly slicing: Slicing | undefined
  readonly slices: readonly Node[]
}

export type ProfilePlan = {
  readonly definition: Definition
  readonly root: Node
}

/** An element with what stands below it in the snapshot, by id. */
type Branch = {
  readonly element: DefinedElement
  readonly name: string
  readonly slice: string | undefined
  readonly children: Branch[]
  readonly slices: Branch[]
}

/** The tree of a profile. */
export function planProfile(definition: Definition): ProfilePlan | undefined {
  const root = branchesOf(definition)
  return root && { definition, root: nodeOf(root, { owners: [], isRoot: true, rootType: definition.type }) }
}

function branchesOf({ elements, type }: Definition): Branch | undefined {
  const byId = new Map<string, Branch>()
  const add = (element: DefinedElement): Branch => {
    const cut = element.id.lastIndexOf('.')
    const last = element.id.slice(cut + 1)
    const colon = last.indexOf(':')
    const written = colon < 0 ? last : last.slice(0, colon)
    const slice = colon < 0 ? undefined : last.slice(colon + 1)
    const branch: Branch = { element, name: written.replace('[x]', ''), slice, children: [], slices: [] }
    byId.set(element.id, branch)
    const above = ownerId(element.id, cut, slice)
    // A differential leaves out what is between.
    const owner = above === '' ? undefined : (byId.get(above) ?? add(blankElement(above)))
    if (owner) (slice === undefined ? owner.children : owner.slices).push(branch)
    return branch
  }
  for (const element of elements) add(element)
  return byId.get(type)
}

/** An element of which nothing is said. */
export function blankElement(id: string): DefinedElement {
  const nothing = { slicing: undefined, fixed: undefined, pattern: undefined, required: undefined }
  const path = id.replaceAll(/:[^.]+/g, '')
  return { ...nothing, id, path, min: 0, max: Number.POSITIVE_INFINITY, types: [], constraints: [] }
}

/** `a.b:c/d` is a slice of `a.b:c`, `a.b:c` one of `a.b`, which is a child of `a`. */
function ownerId(id: string, cut: number, slice: string | undefined): string {
  if (slice === undefined) return cut < 0 ? '' : id.slice(0, cut)
  const slash = slice.lastIndexOf('/')
  return slash < 0
    ? id.slice(0, id.length - slice.length - 1)
    : id.slice(0, id.length - (slice.length - slash))
}

type Around = {
  /** Types that the object around the element may have; empty where it is not known. */
  readonly owners: readonly string[]
  readonly isRoot?: boolean
  readonly rootType?: string
}

function nodeOf(branch: Branch, around: Around): Node {
  const { element, slice } = branch
  const base = around.isRoot ? undefined : baseOf(around.owners, branch.name)
  const name = base?.name ?? branch.name
  const named = base?.impliedType
    ? element.types.filter(({ code }) => code === base.impliedType)
    : element.types
  const types =
    slice === undefined ? named.map((type) => withoutBaseTargets(type, base?.written ?? [])) : named
  const owners = around.isRoot ? [around.rootType ?? branch.name] : typesBelow(around.owners, name, types)
  const below = { owners }
  const isSlice = slice !== undefined
  return {
    name,
    slice,
    min: !around.isRoot && (isSlice || element.min > (base?.min ?? 0)) ? element.min : 0,
    max:
      !around.isRoot && element.max < (base?.max ?? Number.POSITIVE_INFINITY)
        ? element.max
        : Number.POSITIVE_INFINITY,
    types,
    narrowed: narrowedTypes(types, base?.types ?? []),
    fixed: element.fixed,
    pattern: element.pattern,
    required: isOfBase(element.required, base) ? undefined : element.required,
    constraints: element.constraints.filter(isOwn),
    children: branch.children.map((child) => nodeOf(child, below)),
    slicing: element.slicing ?? impliedSlicing(branch),
    slices: branch.slices.map((each) => nodeOf(each, around)),
  }
}

type Base = {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly types: readonly string[]
  /** Types as the tables write them: `Reference(Patient|Group)`. */
  readonly written: readonly string[]
  readonly valueSet: string | undefined
  /** Where the definition says `valueQuantity` for `value[x]` (§5.1.0.13). */
  readonly impliedType: string | undefined
}

/** What the base says of an element, where the type around it is known. */
function baseOf(owners: readonly string[], name: string): Base | undefined {
  const [owner] = owners
  if (owner === undefined || owners.length > 1) return undefined
  const rows = elements[owner] ?? []
  const row = rows.find(([written]) => written.replace('[x]', '') === name)
  const renamed = row ? undefined : choiceNamed(owner, name)
  const found = row ?? rows.find(([written]) => written === `${renamed?.name}[x]`)
  if (!found) return undefined
  const [written, min, max, types, valueSet] = found
  return {
    name: written.replace('[x]', ''),
    min,
    max: max === '*' ? Number.POSITIVE_INFINITY : max,
    types: types.map(typeOfRow),
    written: types,
    valueSet,
    impliedType: renamed?.type,
  }
}

function choiceNamed(owner: string, property: string): { name: string; type: string } | undefined {
  for (const [written] of elements[owner] ?? []) {
    if (!written.endsWith('[x]')) continue
    const name = written.slice(0, -3)
    const found = propertiesAt(owner, name).find((each) => each.property === property)
    if (found) return { name, type: found.type }
  }
  return undefined
}

const core = 'http://hl7.org/fhir/StructureDefinition/'

/** Targets that are those of the base ask nothing more. */
function withoutBaseTargets(type: DefinedType, written: readonly string[]): DefinedType {
  const allowed =
    written
      .find((each) => each.startsWith('Reference('))
      ?.slice('Reference('.length, -1)
      .split('|') ?? []
  const asked = new Set(type.targetProfiles)
  const isSame = asked.size === allowed.length && allowed.every((each) => asked.has(core + each))
  return type.code === 'Reference' && isSame ? { ...type, targetProfiles: [] } : type
}

const resources: ReadonlySet<string> = new Set(resourceTypes)
const inlineTypes: ReadonlySet<string> = new Set(['BackboneElement', 'Element'])

/** The types of the objects that the children stand in. */
function typesBelow(
  owners: readonly string[],
  name: string,
  types: readonly DefinedType[],
): readonly string[] {
  const allowed = new Set(types.map(({ code }) => code))
  const properties = owners.flatMap((owner) => propertiesAt(owner, name))
  const found = properties.filter(({ type }) => allowed.size === 0 || allowed.has(type) || type.includes('.'))
  if (found.some(({ type }) => type === 'Resource')) return [...allowed].filter((type) => resources.has(type))
  // The children of a primitive stand in its sibling.
  return [...new Set(found.map(({ type, isPrimitive }) => (isPrimitive ? 'Element' : type)))]
}

function narrowedTypes(
  types: readonly DefinedType[],
  base: readonly string[],
): ReadonlySet<string> | undefined {
  const named = types.map(({ code }) => code).filter((code) => !inlineTypes.has(code))
  // Only a choice or a resource leaves a choice; a snapshot calls the type of `id` otherwise than the tables.
  if (named.length === 0 || (base.length < 2 && base[0] !== 'Resource')) return undefined
  if (base.includes('Resource')) {
    const only = named.filter((code) => resources.has(code))
    return only.length === named.length ? new Set(only) : undefined
  }
  return base.every((type) => named.includes(type) || type.includes('.')) ? undefined : new Set(named)
}

function isOfBase(required: string | undefined, base: Base | undefined): boolean {
  return required !== undefined && base?.valueSet === required.split('|')[0]
}

const baseKeys: ReadonlySet<string> = new Set([
  ...Object.values(invariants).flatMap((rows) => rows.map(([key]) => key)),
  ...Object.keys(notJudged),
  'ele-1',
  'ext-1',
])

/** A snapshot repeats the constraints of the base types, which are judged with these. */
function isOwn({ key, source }: DefinedConstraint): boolean {
  if (!baseKeys.has(key)) return true
  return (
    source !== undefined &&
    !source.startsWith('http://hl7.org/fhir/StructureDefinition/') &&
    /^https?:/.test(source)
  )
}

/** Extensions are sliced by their url, choices by their type, whether a snapshot says so or not (§5.1.0.14). */
function impliedSlicing({ name, slices, element }: Branch): Slicing | undefined {
  if (slices.length === 0) return undefined
  const by = (type: string, path: string): Slicing => ({
    discriminators: [{ type, path }],
    rules: 'open',
    isOrdered: false,
  })
  if (name === 'extension' || name === 'modifierExtension') return by('value', 'url')
  return element.path.endsWith('[x]') ? by('type', '$this') : undefined
}

const idleNodes = new WeakMap<Node, boolean>()

/** Whether a node asks nothing, so that what stands there need not be looked at. */
export function isIdle(node: Node): boolean {
  const known = idleNodes.get(node)
  if (known !== undefined) return known
  const { fixed, pattern, required, narrowed, constraints, types, children } = node
  const asksNothing =
    node.min === 0 &&
    node.max === Number.POSITIVE_INFINITY &&
    [fixed, pattern, required, narrowed].every((each) => each === undefined) &&
    constraints.length === 0 &&
    types.every(({ profiles, targetProfiles }) => profiles.length + targetProfiles.length === 0) &&
    children.every(isIdle) &&
    hasIdleSlices(node)
  idleNodes.set(node, asksNothing)
  return asksNothing
}

/** Open slices that ask nothing need not be told apart. */
export function hasIdleSlices({ slicing, slices }: Node): boolean {
  if (slices.length === 0) return true
  return slicing?.rules === 'open' && !slicing.isOrdered && slices.every(isIdle)
}
