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
export function isBound(value: unknown, { kind, allowed }: Binding): boolean {
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

/** Whether a Reference points to one of the allowed types, as far as its text tells. */
export function pointsTo(value: unknown, targets: ReadonlySet<string>): boolean {
  const text = isObject(value) ? value.reference : undefined
  if (typeof text !== 'string') return true
  const slash = text.indexOf('/')
  if (slash <= 0 || !types.has(text.slice(0, slash))) return true
  return targets.has(text.slice(0, slash))
}
