/** FHIR R4 §2.6.2: the items of one element in JSON, of whatever types, each beside its `_` sibling. */
import { type Property, propertiesOf } from '../fhirpath/views.ts'
import { isObject } from '../validate/rules.ts'

/** One occurrence of an element. */
export type Item = {
  /** Undefined for a primitive that has extensions only. */
  readonly value: unknown
  readonly sibling: unknown
  /** FHIR type or backbone path; of a resource its own type. */
  readonly type: string
  /** JSON property in which it stands. */
  readonly property: string
  /** Place in its list; undefined for an element that does not repeat. */
  readonly index: number | undefined
}

const known = new Map<string, readonly Property[]>()

/** The JSON properties of an element of a type, remembered. */
export function propertiesAt(type: string, name: string): readonly Property[] {
  const key = `${type} ${name}`
  const found = known.get(key) ?? propertiesOf(type, name)
  known.set(key, found)
  return found
}

/** Every occurrence of the element `name` in an object of `type`, in their order. */
export function itemsOf(object: unknown, type: string, name: string): readonly Item[] {
  if (!isObject(object)) return []
  return propertiesAt(type, name).flatMap((property) => {
    const value = object[property.property]
    const sibling = property.isPrimitive ? object[`_${property.property}`] : undefined
    if (value === undefined && sibling === undefined) return []
    return property.isList ? itemsOfList(property, value, sibling) : [itemOf(property, value, sibling)]
  })
}

function itemsOfList(property: Property, value: unknown, sibling: unknown): readonly Item[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : []
  const siblings: readonly unknown[] = Array.isArray(sibling) ? sibling : []
  const length = Math.max(values.length, siblings.length)
  return Array.from({ length }, (_, index) => itemOf(property, values[index], siblings[index], index))
}

function itemOf({ property, type }: Property, value: unknown, sibling: unknown, index?: number): Item {
  const own = type === 'Resource' && isObject(value) ? String(value.resourceType) : type
  return { value: value ?? undefined, sibling: sibling ?? undefined, type: own, property, index }
}
