/**
 * The meaning of validation (FHIR R4 §2.6 JSON, §2.3 references, §4.1.5 required bindings): walks a resource by its
 * plan and states every issue. Slow and obvious; the emitted functions must agree with it (a test compares both).
 * Invariants are asked of an element whose structure is right. Does not judge profiles, or whether a reference resolves.
 * Over 300 lines because it is one walk: each rule is asked where the walk stands, with its place and depth in hand.
 */
import type { OperationOutcomeIssue } from 'fhir/r4'
import { type Invariant, type Level, wordsOf } from './invariant-table.ts'
import { brokenCheck } from './invariants.ts'
import { type ElementPlan, planOf, type TypePlan } from './plan.ts'
import { primitiveForms, primitives } from './primitives.ts'
import { deepestElement, isBound, isObject, isReferenceText, pointsTo } from './rules.ts'

/** More than this and the sender has one systematic mistake; listing it thousands of times helps nobody. */
const mostIssues = 100

export type Json = { readonly [name: string]: unknown }
type Found = OperationOutcomeIssue[]

/** An element on the way: its FHIRPath, how deep it is, the resource and the outermost resource around it. */
export type Place = {
  readonly path: string
  readonly depth: number
  readonly resource: unknown
  readonly root: unknown
  readonly level: Level
}

/** Every issue of a resource, at level `warning` with its warnings; none where it is valid. */
export function interpretResource(
  resource: unknown,
  path = '',
  level: Level = 'error',
): readonly OperationOutcomeIssue[] {
  const found: Found = []
  checkResource(resource, { path, depth: 0, resource, root: resource, level }, found)
  return found
}

/** Whether one object is valid as `type`; what emitted functions ask for where siblings (`_element`) stand. */
export function isValidObject(type: string, value: Json, place: Place): boolean {
  const found: Found = []
  const plan = planOf(type)
  if (!plan) return false
  checkObject(plan, value, place, found)
  return found.length === 0
}

function checkResource(resource: unknown, place: Place, found: Found): Found {
  const at = place.path || 'Resource'
  if (!isObject(resource))
    return add(found, { kind: 'structure', code: 'fhir.not-an-object', at }, `${at} must be a JSON object`)
  const type = resource.resourceType
  const plan = typeof type === 'string' ? planOf(type) : undefined
  if (!plan?.isResource) {
    return add(
      found,
      { kind: 'structure', code: 'fhir.unknown-type', at },
      `${at} must name a FHIR R4 resource type in resourceType`,
    )
  }
  checkObject(plan, resource, { ...place, path: place.path || plan.type }, found)
  return found
}

function checkObject(plan: TypePlan, object: Json, place: Place, found: Found): Found {
  if (place.depth > deepestElement) {
    return add(
      found,
      { kind: 'too-long', code: 'fhir.too-deep', at: place.path },
      `elements nest more than ${deepestElement} deep`,
    )
  }
  const names = Object.keys(object)
  if (names.length === 0) {
    return add(
      found,
      { kind: 'structure', code: 'fhir.empty', at: place.path },
      `${place.path} is an empty object; leave it out`,
    )
  }
  const before = found.length
  const present = new Map<string, string>()
  for (const property of names) {
    if (isFull(found)) return found
    if (plan.isResource && property === 'resourceType') continue
    checkProperty(plan, object, { property, present, place }, found)
  }
  for (const name of plan.required) {
    if (present.has(name)) continue
    add(
      found,
      { kind: 'required', code: 'fhir.required', at: `${place.path}.${name}` },
      `${place.path}.${name} is missing; it is required`,
    )
  }
  if (!plan.isResource && names.length === 1 && names[0] === 'id') addBareId(place.path, found)
  const isSound = found.slice(before).every(({ code }) => code === 'invariant')
  return isSound ? checkInvariants(plan.invariants, object, place, found) : found
}

function checkInvariants(
  invariants: readonly Invariant[],
  element: unknown,
  { path, resource, root, level }: Place,
  found: Found,
): Found {
  for (const invariant of invariants) {
    const { key, severity } = invariant
    if (severity === 'warning' && level === 'error') continue
    if (!brokenCheck(invariant)(element, resource, root)) continue
    const said = `${path} breaks ${key} of FHIR R4: ${wordsOf(invariant)}`
    add(found, { kind: 'invariant', code: 'fhir.invariant', at: path, severity, key }, said)
  }
  return found
}

function addBareId(path: string, found: Found): Found {
  const said = `${path} has an id and no content; ele-1 of FHIR R4 asks for a value or children`
  return add(found, { kind: 'invariant', code: 'fhir.invariant', at: path, key: 'ele-1' }, said)
}

type Visit = { readonly property: string; readonly present: Map<string, string>; readonly place: Place }

function checkProperty(
  plan: TypePlan,
  object: Json,
  { property, present, place }: Visit,
  found: Found,
): Found {
  const isSibling = property.startsWith('_')
  const plain = isSibling ? property.slice(1) : property
  const element = plan.elements.get(plain)
  if (!element || (isSibling && element.kind !== 'primitive')) {
    const at = isName(property) ? `${place.path}.${property}` : place.path
    return add(
      found,
      { kind: 'structure', code: 'fhir.unknown-element', at },
      `${plan.type} has no element ${shown(property)}`,
    )
  }
  const other = present.get(element.name)
  if (other !== undefined && other !== plain) {
    const at = `${place.path}.${element.name}`
    return add(
      found,
      { kind: 'structure', code: 'fhir.choice', at },
      `${at} stands as ${other} and ${plain}; only one is allowed`,
    )
  }
  present.set(element.name, plain)
  const at = { ...place, path: `${place.path}.${element.name}` }
  if (isSibling) return checkSibling(element, object[property], object[plain], at, found)
  checkElement(element, object[property], object[`_${plain}`], at, found)
  return found
}

/** A property name from outside is shown only where it looks like one. */
function shown(property: string): string {
  return isName(property) ? property : 'of that name'
}

function isName(property: string): boolean {
  return /^\w{1,64}$/.test(property)
}

function checkElement(
  element: ElementPlan,
  value: unknown,
  sibling: unknown,
  place: Place,
  found: Found,
): Found {
  if (!element.isList) {
    if (Array.isArray(value)) return tooMany(place.path, found)
    return checkValue(element, value, place, found)
  }
  if (!Array.isArray(value)) return notAList(place.path, found)
  if (value.length === 0) return emptyList(place.path, found)
  const siblings = Array.isArray(sibling) ? sibling : []
  for (let at = 0; at < value.length && !isFull(found); at++) {
    const isFilled = value[at] === null && element.kind === 'primitive' && isObject(siblings[at])
    if (!isFilled) checkValue(element, value[at], { ...place, path: `${place.path}[${at}]` }, found)
  }
  return found
}

function tooMany(path: string, found: Found): Found {
  add(
    found,
    { kind: 'structure', code: 'fhir.cardinality', at: path },
    `${path} is a list; only one value is allowed`,
  )
  return found
}

function notAList(path: string, found: Found): Found {
  add(
    found,
    { kind: 'structure', code: 'fhir.cardinality', at: path },
    `${path} must be a list, because it may repeat`,
  )
  return found
}

function emptyList(path: string, found: Found): Found {
  add(found, { kind: 'structure', code: 'fhir.empty', at: path }, `${path} is an empty list; leave it out`)
  return found
}

function checkValue(element: ElementPlan, value: unknown, place: Place, found: Found): Found {
  if (value === null) return isNothing(place.path, found)
  switch (element.kind) {
    case 'primitive':
      return checkPrimitive(element, value, place, found)
    case 'resource':
      return checkResource(value, inside(element, value, place), found)
    case 'complex':
      return checkComplex(element, value, place, found)
  }
  return found
}

/** §2.6.2: null stands only in a list, beside what the other list says. */
function isNothing(path: string, found: Found): Found {
  return add(found, { kind: 'structure', code: 'fhir.empty', at: path }, `${path} is null; leave it out`)
}

/** A contained resource keeps its container as `%rootResource`; any other resource within one stands for itself. */
function inside({ name }: ElementPlan, resource: unknown, place: Place): Place {
  const root = name === 'contained' ? place.root : resource
  return { ...place, depth: place.depth + 1, resource, root }
}

function checkPrimitive(element: ElementPlan, value: unknown, place: Place, found: Found): Found {
  const { path } = place
  if (primitives[element.type]?.(value) !== true) {
    return add(
      found,
      { kind: 'value', code: 'fhir.value', at: path },
      `${path} is not ${primitiveForms[element.type]}`,
    )
  }
  checkBinding(element, value, path, found)
  return checkInvariants(element.invariants, value, place, found)
}

function checkBinding({ binding }: ElementPlan, value: unknown, path: string, found: Found): Found {
  if (!binding || isBound(value, binding)) return found
  if (binding.kind === 'form') {
    const said = `${path} is not ${binding.says}`
    return add(found, { kind: 'code-invalid', code: 'fhir.code', at: path }, said)
  }
  const allowed = [...binding.allowed].map((key) => key.slice(key.lastIndexOf('|') + 1))
  const listed = allowed.length > 20 ? `${allowed.slice(0, 20).join(', ')}, …` : allowed.join(', ')
  add(
    found,
    { kind: 'code-invalid', code: 'fhir.code', at: path },
    `${path} has a code outside its required value set: ${listed}`,
  )
  return found
}

function checkComplex(element: ElementPlan, value: unknown, place: Place, found: Found): Found {
  const { path } = place
  if (!isObject(value))
    return add(
      found,
      { kind: 'structure', code: 'fhir.not-an-object', at: path },
      `${path} must be a JSON object`,
    )
  const plan = planOf(element.type)
  const before = found.length
  if (plan) checkObject(plan, value, { ...place, depth: place.depth + 1 }, found)
  checkBinding(element, value, path, found)
  if (element.type === 'Reference') checkReference(element, value, place, found)
  const isSound = found.slice(before).every(({ code }) => code === 'invariant')
  return isSound ? checkInvariants(element.invariants, value, place, found) : found
}

function checkReference({ targets }: ElementPlan, value: Json, { path, root }: Place, found: Found): Found {
  const text = value.reference
  if (typeof text === 'string' && !isReferenceText(text)) {
    const at = `${path}.reference`
    return add(
      found,
      { kind: 'value', code: 'fhir.reference', at },
      `${at} is not Type/id, #id or an absolute uri`,
    )
  }
  if (targets && !pointsTo(value, targets, root)) {
    add(
      found,
      { kind: 'structure', code: 'fhir.reference-type', at: path },
      `${path} may only refer to ${[...targets].join(', ')}`,
    )
  }
  return found
}

/** §2.6.2: id and extensions of a primitive stand in `_name`, for lists position by position. */
function checkSibling(
  element: ElementPlan,
  sibling: unknown,
  value: unknown,
  place: Place,
  found: Found,
): Found {
  if (!element.isList) return checkSiblingOne(sibling, value !== undefined, place, found)
  if (!Array.isArray(sibling)) return notAList(place.path, found)
  if (sibling.length === 0) return emptyList(place.path, found)
  if (Array.isArray(value) && value.length !== sibling.length) {
    const said = `${place.path} and its _ sibling must be lists of the same length`
    return add(found, { kind: 'structure', code: 'fhir.sibling', at: place.path }, said)
  }
  for (let at = 0; at < sibling.length; at++) {
    const hasValue = Array.isArray(value) && value[at] !== null
    if (sibling[at] === null && hasValue) continue
    checkSiblingOne(sibling[at], hasValue, { ...place, path: `${place.path}[${at}]` }, found)
  }
  return found
}

function checkSiblingOne(sibling: unknown, hasValue: boolean, place: Place, found: Found): Found {
  const { path } = place
  const plan = planOf('Element')
  if (!isObject(sibling)) {
    return add(
      found,
      { kind: 'structure', code: 'fhir.not-an-object', at: path },
      `the _ sibling of ${path} must be a JSON object`,
    )
  }
  // ele-1: with a value, an id is enough.
  if (hasValue && Object.keys(sibling).join() === 'id' && isElementId(sibling.id)) return found
  if (plan) checkObject(plan, sibling, { ...place, depth: place.depth + 1 }, found)
  return found
}

function isElementId(id: unknown): boolean {
  return primitives.string?.(id) === true
}

type Issue = {
  readonly kind: OperationOutcomeIssue['code']
  /** Stands in docs/errors.md. */
  readonly code: string
  /** FHIRPath. */
  readonly at: string
  readonly severity?: Level
  /** Of an invariant. */
  readonly key?: string
}

/** Warnings do not count: they must not crowd out what is wrong. */
function isFull(found: Found, severity: Level = 'error'): boolean {
  return found.length >= mostIssues && found.filter((each) => each.severity === severity).length >= mostIssues
}

const definitions = 'http://hl7.org/fhir/StructureDefinition'

function add(found: Found, { kind, code, at, severity = 'error', key }: Issue, diagnostics: string): Found {
  if (isFull(found, severity)) return found
  const invariant = key === undefined ? [] : [{ system: definitions, code: key }]
  const details = { coding: [{ system: 'urn:xinglin:error', code }, ...invariant] }
  found.push({ severity, code: kind, details, diagnostics, expression: [at] })
  return found
}
