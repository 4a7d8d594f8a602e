/** Turns the element tables into a small tree per type that both the interpreter and the emitter read (FHIR R4 §2.6 JSON). */
import { type ElementRow, elements, resourceTypes } from '../generated/elements.js'
import { valueSets } from '../generated/value-sets.js'
import { choiceProperty, typeOfRow } from '../search/resolve.ts'
import { type Invariant, invariantsAt } from './invariant-table.ts'
import { primitives } from './primitives.ts'

/** `code`: one of `codes`. `concept` and `coding`: one (system, code) of `keys`, written `system|code`. */
export type Binding =
  | { readonly kind: 'code' | 'concept' | 'coding'; readonly allowed: ReadonlySet<string> }
  /** A set that is open, of which the form is known. */
  | { readonly kind: 'form'; readonly form: RegExp; readonly says: string }

export type ElementPlan = {
  /** JSON property: `valueQuantity` for the choice `value[x]`. */
  readonly property: string
  /** FHIRPath name: `value`. */
  readonly name: string
  readonly min: number
  readonly isList: boolean
  readonly kind: 'primitive' | 'complex' | 'resource'
  /** Primitive type, complex type or backbone path. */
  readonly type: string
  readonly binding: Binding | undefined
  /** Resource types that a Reference may point to; undefined where any. */
  readonly targets: ReadonlySet<string> | undefined
  /** Those of this one element, beside those of its type. */
  readonly invariants: readonly Invariant[]
}

export type TypePlan = {
  readonly type: string
  readonly isResource: boolean
  /** By JSON property. */
  readonly elements: ReadonlyMap<string, ElementPlan>
  /** FHIRPath names of elements that must be present, and of choices. */
  readonly required: readonly string[]
  readonly choices: ReadonlySet<string>
  readonly invariants: readonly Invariant[]
}

const plans = new Map<string, TypePlan>()
const resources: ReadonlySet<string> = new Set(resourceTypes)

/** The plan of a resource type, data type or backbone path; undefined for an unknown name. */
export function planOf(type: string): TypePlan | undefined {
  const known = plans.get(type)
  if (known) return known
  const rows = elements[type]
  if (!rows) return undefined
  const made = plan(type, rows)
  plans.set(type, made)
  return made
}

function plan(type: string, rows: readonly ElementRow[]): TypePlan {
  const list = rows.filter(([, , max]) => max !== 0).flatMap((row) => elementPlans(type, row))
  const choices = rows.filter(([name]) => name.endsWith('[x]')).map(([name]) => name.slice(0, -3))
  const required = rows.filter(([, min]) => min > 0).map(([name]) => name.replace('[x]', ''))
  return {
    type,
    isResource: resources.has(type),
    elements: new Map(list.map((element) => [element.property, element])),
    required,
    choices: new Set(choices),
    invariants: invariantsAt(type, type),
  }
}

function elementPlans(
  owner: string,
  [written, min, max, types, valueSet]: ElementRow,
): readonly ElementPlan[] {
  const isChoice = written.endsWith('[x]')
  const name = isChoice ? written.slice(0, -3) : written
  return types.map((writtenType) => {
    const type = typeOfRow(writtenType)
    const path = `${owner}.${written}`
    return {
      property: isChoice ? choiceProperty(name, type) : name,
      name,
      min,
      isList: max === '*' || max > 1,
      kind: type === 'Resource' ? 'resource' : primitives[type] ? 'primitive' : 'complex',
      type,
      binding: bindingOf(type, valueSet),
      targets: targetsOf(writtenType),
      // A backbone's path is its type, which has them already.
      invariants: path === type ? [] : invariantsAt(path, type),
    }
  })
}

function targetsOf(written: string): ReadonlySet<string> | undefined {
  return written.startsWith('Reference(') ? new Set(written.slice(10, -1).split('|')) : undefined
}

/** BCP 13 (RFC 6838 §4.2) media types, and ISO 4217 currencies by their letters: neither can be written out. */
const forms: Readonly<Record<string, Binding>> = {
  'http://hl7.org/fhir/ValueSet/mimetypes': {
    kind: 'form',
    // R4's own examples name its formats without a type, as `_format` does (http.html §3.1.0.1.11).
    form: /^(?:xml|json|ttl)$|^[A-Za-z0-9][\w!#$&^.+-]*\/[A-Za-z0-9][\w!#$&^.+-]*(?:\s*;.*)?$/,
    says: 'a media type: type/subtype',
  },
  'http://hl7.org/fhir/ValueSet/currencies': {
    kind: 'form',
    form: /^[A-Z]{3}$/,
    says: 'a currency: three capital letters of ISO 4217',
  },
}

function bindingOf(type: string, valueSet: string | undefined): Binding | undefined {
  const form = valueSet === undefined ? undefined : forms[valueSet]
  if (form) return form
  const codes = valueSet === undefined ? undefined : valueSets[valueSet]
  if (!codes) return undefined
  if (type === 'code') return { kind: 'code', allowed: new Set(Object.values(codes).flat()) }
  const keys = Object.entries(codes).flatMap(([system, list]) => list.map((code) => `${system}|${code}`))
  if (type === 'CodeableConcept') return { kind: 'concept', allowed: new Set(keys) }
  return type === 'Coding' ? { kind: 'coding', allowed: new Set(keys) } : undefined
}
