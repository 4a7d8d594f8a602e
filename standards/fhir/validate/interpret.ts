/**
 * The meaning of validation (FHIR R4 §2.6 JSON, §2.3 references, §4.1.5 required bindings): walks a resource by its
 * plan and states every issue. Slow and obvious; the emitted functions must agree with it (a test compares both).
 * Does not judge invariants, profiles, or whether a reference resolves.
 */
import type { OperationOutcomeIssue } from 'fhir/r4'
import { type ElementPlan, planOf, type TypePlan } from './plan.ts'
import { primitiveForms, primitives } from './primitives.ts'
import { deepestElement, isBound, isObject, isReferenceText, pointsTo } from './rules.ts'

/** More than this and the sender has one systematic mistake; listing it thousands of times helps nobody. */
const mostIssues = 100

type Json = { readonly [name: string]: unknown }
type Found = OperationOutcomeIssue[]
type Place = { readonly path: string; readonly depth: number }

/** Every issue of a resource; none where it is valid. */
export function interpretResource(
  resource: unknown,
  path?: string,
  depth = 0,
): readonly OperationOutcomeIssue[] {
  const found: Found = []
  checkResource(resource, { path: path ?? '', depth }, found)
  return found
}

/** Whether one object is valid as `type`; what emitted functions ask for where siblings (`_element`) stand. */
export function isValidObject(type: string, value: Json, depth: number): boolean {
  const found: Found = []
  const plan = planOf(type)
  if (!plan) return false
  checkObject(plan, value, { path: type, depth }, found)
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
  const present = new Map<string, string>()
  for (const property of names) {
    if (found.length >= mostIssues) return found
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
  return found
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
    const at = `${place.path}.${property}`
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
  const at = { path: `${place.path}.${element.name}`, depth: place.depth }
  if (isSibling) return checkSibling(element, object[property], object[plain], at, found)
  checkElement(element, object[property], object[`_${plain}`], at, found)
  return found
}

/** A property name from outside is shown only where it looks like one. */
function shown(property: string): string {
  return /^\w{1,64}$/.test(property) ? property : 'of that name'
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
  for (let at = 0; at < value.length && found.length < mostIssues; at++) {
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
  switch (element.kind) {
    case 'primitive':
      return checkPrimitive(element, value, place.path, found)
    case 'resource':
      return checkResource(value, { path: place.path, depth: place.depth + 1 }, found)
    case 'complex':
      return checkComplex(element, value, place, found)
  }
  return found
}

function checkPrimitive(element: ElementPlan, value: unknown, path: string, found: Found): Found {
  if (primitives[element.type]?.(value) !== true) {
    return add(
      found,
      { kind: 'value', code: 'fhir.value', at: path },
      `${path} is not ${primitiveForms[element.type]}`,
    )
  }
  checkBinding(element, value, path, found)
  return found
}

function checkBinding({ binding }: ElementPlan, value: unknown, path: string, found: Found): Found {
  if (!binding || isBound(value, binding)) return found
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
  if (plan) checkObject(plan, value, { path, depth: place.depth + 1 }, found)
  checkBinding(element, value, path, found)
  if (element.type === 'Reference') checkReference(element, value, path, found)
  return found
}

function checkReference({ targets }: ElementPlan, value: Json, path: string, found: Found): Found {
  const text = value.reference
  if (typeof text === 'string' && !isReferenceText(text)) {
    const at = `${path}.reference`
    return add(
      found,
      { kind: 'value', code: 'fhir.reference', at },
      `${at} is not Type/id, #id or an absolute uri`,
    )
  }
  if (targets && !pointsTo(value, targets)) {
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
  if (!element.isList) return checkSiblingOne(sibling, place, found)
  if (!Array.isArray(sibling)) return notAList(place.path, found)
  if (sibling.length === 0) return emptyList(place.path, found)
  if (Array.isArray(value) && value.length !== sibling.length) {
    const said = `${place.path} and its _ sibling must be lists of the same length`
    return add(found, { kind: 'structure', code: 'fhir.sibling', at: place.path }, said)
  }
  for (let at = 0; at < sibling.length; at++) {
    const hasValue = Array.isArray(value) && value[at] !== null
    if (sibling[at] === null && hasValue) continue
    checkSiblingOne(sibling[at], { ...place, path: `${place.path}[${at}]` }, found)
  }
  return found
}

function checkSiblingOne(sibling: unknown, { path, depth }: Place, found: Found): Found {
  const plan = planOf('Element')
  if (!isObject(sibling)) {
    return add(
      found,
      { kind: 'structure', code: 'fhir.not-an-object', at: path },
      `the _ sibling of ${path} must be a JSON object`,
    )
  }
  if (plan) checkObject(plan, sibling, { path, depth: depth + 1 }, found)
  return found
}

type Issue = {
  readonly kind: OperationOutcomeIssue['code']
  /** Stands in docs/errors.md. */
  readonly code: string
  /** FHIRPath. */
  readonly at: string
}

function add(found: Found, { kind, code, at }: Issue, diagnostics: string): Found {
  if (found.length >= mostIssues) return found
  const details = { coding: [{ system: 'urn:xinglin:error', code }] }
  found.push({ severity: 'error', code: kind, details, diagnostics, expression: [at] })
  return found
}
