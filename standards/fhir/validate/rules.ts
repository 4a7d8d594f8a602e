/** Rules that the interpreter and the emitted functions share: bindings (R4 §4.1.5) and the shape of references (§2.3.0). */
import { resourceTypes } from '../generated/elements.js'
import type { Binding } from './plan.ts'

type Json = { readonly [name: string]: unknown }

/** Nested deeper than this is no clinical content but an attack on the stack; the deepest official example has 21 JSON levels. */
export const deepestElement = 64

const types: ReadonlySet<string> = new Set(resourceTypes)

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A required binding: text alone is allowed for a concept (§4.1.5), a coded value must be in the set. */
export function isBound(value: unknown, binding: Binding): boolean {
  if (binding.kind === 'form') return typeof value === 'string' && binding.form.test(value)
  const { kind, allowed } = binding
  if (kind === 'code') return typeof value === 'string' && allowed.has(value)
  if (!isObject(value)) return true
  if (kind === 'coding') return isCodingIn(value, allowed)
  const codings = Array.isArray(value.coding) ? value.coding : []
  return codings.length === 0 || codings.some((coding) => isObject(coding) && isCodingIn(coding, allowed))
}

function isCodingIn(coding: Json, allowed: ReadonlySet<string>): boolean {
  return coding.code === undefined || allowed.has(`${coding.system}|${coding.code}`)
}

const relative = /^([A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/
const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/
const fragment = /^#[A-Za-z0-9\-.]{0,64}$/

/** `#id`, `Type/id`, `Type/id/_history/version` or an absolute uri (§2.3.0.1). */
export function isReferenceText(text: string): boolean {
  const type = relative.exec(text)?.[1]
  if (type !== undefined) return types.has(type)
  return fragment.test(text) || absolute.test(text)
}

/**
 * Whether a Reference points to one of the allowed types, as far as it tells itself: by its text, by its `type`, or as
 * `#id` by the contained resource of `root`.
 */
export function pointsTo(value: unknown, targets: ReadonlySet<string>, root: unknown): boolean {
  if (!isObject(value)) return true
  if (value.type !== undefined && isOtherType(value.type, targets)) return false
  const text = value.reference
  if (typeof text !== 'string') return true
  if (text.startsWith('#')) return !isOtherType(containedType(text.slice(1), root), targets)
  const slash = text.indexOf('/')
  return slash <= 0 || !isOtherType(text.slice(0, slash), targets)
}

/** A `type` that is a uri means a logical model, which no target list names. */
function isOtherType(type: unknown, targets: ReadonlySet<string>): boolean {
  return typeof type === 'string' && types.has(type) && !targets.has(type)
}

function containedType(id: string, root: unknown): unknown {
  if (!isObject(root)) return undefined
  if (id === '') return root.resourceType
  const contained: readonly unknown[] = Array.isArray(root.contained) ? root.contained : []
  const found = contained.find((each) => isObject(each) && each.id === id)
  return isObject(found) ? found.resourceType : undefined
}
