/**
 * Walks one resource once for all its search parameters: the resolved paths of a type are merged into one tree of JSON
 * properties, and each leaf reads its element. 6 µs an Observation with its 13 values (bench/bench.ts, Node 24).
 */
import type { ParameterKind, SearchParameterDefinition } from '../definitions.ts'
import { type Path, parseExpression } from '../expression.ts'
import { type Filter, type ResolvedPath, resolvePath, type Segment } from '../resolve.ts'
import { type Add, asObject, type Collector, newCollector, textOf } from './collector.ts'
import { dateReader, numberReader, positionReader, quantityReader } from './measures.ts'
import { referenceReader } from './references.ts'
import { stringReader, uriReader } from './texts.ts'
import { tokenReader } from './tokens.ts'

/** One property of the tree; its own leaves read the element, its branches go deeper. */
export type Branch = {
  readonly segment: Segment
  readonly leaves: Add[]
  readonly branches: Branch[]
}

export type Extractor = {
  readonly root: Branch
  /** `parameter: expression` of what could not be compiled; stated by a test. */
  readonly unsupported: readonly string[]
}

/** The tree for the parameters of one type. */
export function compileExtractor(type: string, parameters: Iterable<SearchParameterDefinition>): Extractor {
  const root: Branch = { segment: { property: type, filter: undefined }, leaves: [], branches: [] }
  const unsupported: string[] = []
  for (const parameter of parameters) {
    const added =
      parameter.kind === 'composite'
        ? addComposite(root, parameter, type)
        : addParameter(root, parameter, type)
    if (!added) unsupported.push(`${type}.${parameter.name}: ${parameter.expression}`)
  }
  return { root, unsupported }
}

/** Fills the collector with every value of the resource. */
export function extract(root: Branch, resource: unknown, into: Collector): void {
  visitOne(root, resource, into)
}

function visit(branch: Branch, value: unknown, into: Collector): void {
  const filter = branch.segment.filter
  if (!Array.isArray(value)) visitOne(branch, value, into)
  else if (filter?.kind === 'index') visitOne(branch, value[filter.index], into)
  else for (let at = 0; at < value.length; at++) visitOne(branch, value[at], into)
}

function visitOne(branch: Branch, value: unknown, into: Collector): void {
  if (value === undefined || value === null) return
  const filter = branch.segment.filter
  if (filter !== undefined && !passes(filter, value)) return
  const { leaves, branches } = branch
  for (let at = 0; at < leaves.length; at++) leaves[at]?.(value, into)
  if (branches.length === 0 || typeof value !== 'object') return
  const object = value as { readonly [name: string]: unknown }
  for (let at = 0; at < branches.length; at++) {
    const child = branches[at]
    if (child === undefined) continue
    const inner = object[child.segment.property]
    if (inner !== undefined) visit(child, inner, into)
  }
}

function passes(filter: Filter, value: unknown): boolean {
  const object = asObject(value)
  if (!object) return false
  if (filter.kind === 'index') return true
  if (filter.kind === 'equals') return object[filter.name] === filter.value
  const literal = textOf(object, 'reference')
  if (literal === undefined) return object.type === filter.type
  return literal.startsWith(`${filter.type}/`) || literal.includes(`/${filter.type}/`)
}

function addParameter(
  root: Branch,
  parameter: Pick<SearchParameterDefinition, 'name' | 'kind' | 'expression'>,
  type: string,
): boolean {
  const paths = parseExpression(parameter.expression)
  if (!paths) return false
  let isAnyAdded = false
  for (const path of paths) {
    if (path.isTruth) addTruth(root, parameter.name, path, type)
    const isAdded = path.isTruth || addPath(root, parameter, path, type)
    isAnyAdded ||= isAdded
  }
  return isAnyAdded
}

function addPath(
  root: Branch,
  { name, kind }: { name: string; kind: ParameterKind },
  path: Path,
  type: string,
): boolean {
  let isAnyAdded = false
  for (const way of resolvePath(path, type)) {
    const add = readerOf(kind, name, way)
    if (!add) continue
    branchAt(root, way.segments).leaves.push(add)
    isAnyAdded = true
  }
  return isAnyAdded
}

/** `Patient.deceased.exists() and Patient.deceased != false`: one token, true or false, for every resource. */
function addTruth(root: Branch, parameter: string, path: Path, type: string): void {
  const properties = resolvePath(path, type).map((way) => way.segments[0]?.property ?? '')
  root.leaves.push((element, into) => {
    const resource = asObject(element)
    const isTrue = properties.some(
      (property) => resource?.[property] !== undefined && resource[property] !== false,
    )
    into.tokens.push({ parameter, system: undefined, code: String(isTrue), text: undefined })
  })
}

/** How a parameter of a kind reads an element of this type; undefined where R4 gives no reading. */
export function readerOf(
  kind: ParameterKind,
  parameter: string,
  way: Pick<ResolvedPath, 'type' | 'system'>,
): Add | undefined {
  switch (kind) {
    case 'token':
      return tokenReader(parameter, way.type, way.system)
    case 'string':
      return stringReader(parameter, way.type)
    case 'reference':
      return referenceReader(parameter, way.type)
    case 'date':
      return dateReader(parameter, way.type)
    case 'number':
      return numberReader(parameter, way.type)
    case 'quantity':
      return quantityReader(parameter, way.type)
    case 'uri':
      return uriReader(parameter, way.type)
    case 'special':
      return way.type === 'Location.position' ? positionReader(parameter) : undefined
    case 'composite':
      return undefined
  }
}

/** The branch at the end of a path, made where the tree has none yet. */
function branchAt(root: Branch, segments: readonly Segment[]): Branch {
  let branch = root
  for (const segment of segments) {
    const key = JSON.stringify(segment)
    let next = branch.branches.find((each) => JSON.stringify(each.segment) === key)
    if (!next) {
      next = { segment, leaves: [], branches: [] }
      branch.branches.push(next)
    }
    branch = next
  }
  return branch
}

/** A composite reads its components below each element that its expression gives (R4 §3.1.1.4.13). */
function addComposite(root: Branch, parameter: SearchParameterDefinition, type: string): boolean {
  const ways = (parseExpression(parameter.expression) ?? []).flatMap((path) => resolvePath(path, type))
  let isAnyAdded = false
  for (const way of ways) {
    const trees = parameter.components.map((component) => {
      const tree: Branch = { segment: { property: way.type, filter: undefined }, leaves: [], branches: [] }
      const { kind, expression } = component
      return addParameter(tree, { name: parameter.name, kind, expression }, way.type) ? tree : undefined
    })
    if (trees.length === 0 || !trees.every((tree) => tree !== undefined)) continue
    branchAt(root, way.segments).leaves.push((element, into) =>
      collectComposite(parameter.name, trees, element, into),
    )
    isAnyAdded = true
  }
  return isAnyAdded
}

function collectComposite(
  parameter: string,
  trees: readonly Branch[],
  element: unknown,
  into: Collector,
): void {
  const components: Collector[] = []
  // The last component is the rarer one (a value of one type), so most composites end after one walk.
  for (let at = trees.length - 1; at >= 0; at--) {
    const tree = trees[at]
    const part = newCollector(into.timeZone)
    if (tree) extract(tree, element, part)
    if (isEmpty(part)) return
    components.unshift(part)
  }
  into.composites.push({ parameter, components })
}

function isEmpty(part: Collector): boolean {
  return (
    part.tokens.length === 0 &&
    part.strings.length === 0 &&
    part.references.length === 0 &&
    part.dates.length === 0 &&
    part.numbers.length === 0 &&
    part.quantities.length === 0 &&
    part.uris.length === 0
  )
}
