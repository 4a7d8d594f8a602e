/** FHIR R4 §3.1.1.5.8 _summary and §3.1.1.5.9 _elements: a part of a resource, tagged so that nobody takes it for the whole. */
import { type ElementRow, elements } from '../generated/elements.js'
import { summaryElements } from '../generated/summary-elements.js'
import { asObject, type Json } from './hot/collector.ts'
import { choiceProperty, typeOfRow } from './resolve.ts'

/** Which part is wanted. `elements` are top-level names, alone or as `Type.name`. */
export type Subset =
  | { readonly kind: 'true' }
  | { readonly kind: 'text' }
  | { readonly kind: 'data' }
  | { readonly kind: 'elements'; readonly names: readonly string[] }

/** The part of a resource that was asked for, with the tag SUBSETTED; elements that must be present stay. */
export function subsetOf(resource: Json, subset: Subset): Json {
  const type = String(resource.resourceType)
  return tagged(subset.kind === 'true' ? summaryOf(resource, type) : topLevel(resource, keeps(type, subset)))
}

/** Whether `_elements` may name this: a top-level element of the type, or of another one as `Type.name`. */
export function isElementName(type: string, name: string): boolean {
  const dot = name.indexOf('.')
  const [owner, own] = dot < 0 ? [type, name] : [name.slice(0, dot), name.slice(dot + 1)]
  return rowOf(owner, own) !== undefined
}

function keeps(type: string, subset: Exclude<Subset, { kind: 'true' }>): (property: string) => boolean {
  if (subset.kind === 'data') return (property) => property !== 'text' && property !== '_text'
  const wanted = subset.kind === 'text' ? ['text'] : subset.names
  const names = new Set(
    wanted.map((name) => (name.startsWith(`${type}.`) ? name.slice(type.length + 1) : name)),
  )
  return (property) => {
    const row = rowOf(type, plain(property))
    if (!row) return false
    const [name, min] = row
    return (
      alwaysKept.has(name) || min > 0 || names.has(baseName(name)) || names.has(name) || names.has(property)
    )
  }
}

/** §3.1.1.5.8: id, meta and what changes the meaning of the rest. */
const alwaysKept = new Set(['id', 'meta', 'implicitRules', 'modifierExtension'])

function topLevel(resource: Json, isKept: (property: string) => boolean): Json {
  return Object.fromEntries(
    Object.entries(resource).filter(([property]) => property === 'resourceType' || isKept(property)),
  )
}

/** The elements marked as summary, at every depth. */
function summaryOf(value: unknown, type: string): Json {
  const kept = summaryElements[type] ?? []
  const entries = Object.entries(asObject(value) ?? {}).flatMap(([property, inner]) => {
    if (property === 'resourceType') return [[property, inner] as const]
    const row = rowOf(type, plain(property))
    if (!row || !kept.includes(row[0])) return []
    if (property.startsWith('_')) return [[property, inner] as const]
    const innerType = typeIn(row, property)
    return [
      [
        property,
        Array.isArray(inner) ? inner.map((each) => part(each, innerType)) : part(inner, innerType),
      ] as const,
    ]
  })
  return Object.fromEntries(entries)
}

function part(value: unknown, type: string): unknown {
  const object = asObject(value)
  // An extension says nothing without its value, which is not marked.
  if (!object || type === 'Extension') return value
  const own = type === 'Resource' ? String(object.resourceType) : type
  return summaryElements[own] ? summaryOf(object, own) : value
}

function typeIn([name, , , types]: ElementRow, property: string): string {
  const names = types.map(typeOfRow)
  const chosen = names.find((type) => choiceProperty(baseName(name), type) === property)
  return chosen ?? names[0] ?? ''
}

const rows = new Map<string, ReadonlyMap<string, ElementRow>>()

/** The row of a JSON property or element name; undefined where the type has none. */
function rowOf(type: string, property: string): ElementRow | undefined {
  const known = rows.get(type) ?? new Map((elements[type] ?? []).flatMap(namesOf))
  rows.set(type, known)
  return known.get(property)
}

function namesOf(row: ElementRow): readonly (readonly [string, ElementRow])[] {
  const [name, , , types] = row
  const base = baseName(name)
  if (base === name) return [[name, row]]
  return [name, base, ...types.map((type) => choiceProperty(base, typeOfRow(type)))].map((each) => [
    each,
    row,
  ])
}

function baseName(name: string): string {
  return name.endsWith('[x]') ? name.slice(0, -3) : name
}

function plain(property: string): string {
  return property.startsWith('_') ? property.slice(1) : property
}

/** §3.1.1.5.8: marks a resource as incomplete, so that no client writes it back as the whole. */
const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }

function tagged(resource: Json): Json {
  const { resourceType, id, meta, ...rest } = resource
  const present = asObject(meta)
  const tags = Array.isArray(present?.tag) ? present.tag : []
  const head = id === undefined ? { resourceType } : { resourceType, id }
  return { ...head, meta: { ...present, tag: [...tags, subsetted] }, ...rest }
}
