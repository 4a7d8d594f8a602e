/** FHIRPath §2 over R4 JSON: an element as an expression finds it, with its type and the place where it stands. */
import { type ElementRow, elements } from '../generated/elements.js'
import type { Json } from '../validate/interpret.ts'

/** Where an element stands: `holder[property]`, in a list at `index`. */
export type ElementPlace = {
  readonly holder: Json
  /** Type of the holder: resource type, data type or backbone path. */
  readonly ownerType: string
  /** JSON property: `valueQuantity`. */
  readonly property: string
  readonly row: ElementRow
  /** Position in the list; undefined for an element that stands once. */
  readonly index: number | undefined
}

export type Found = {
  /** Resource type, data type, backbone path, or a primitive for what was computed. */
  readonly type: string
  /** JSON; undefined for a primitive of which only id or extensions are known. */
  readonly value: unknown
  /** Id and extensions of a primitive (`_birthDate`). */
  readonly companion?: unknown
  /** Absent for a computed value and for the resource itself. */
  readonly place?: ElementPlace
}

/** The children of that name; undefined where the type defines none. */
export function childrenOf(found: Found, name: string): readonly Found[] | undefined {
  const { type, value } = primitiveForm.test(found.type)
    ? { type: 'Element', value: found.companion }
    : { type: typeNow(found), value: found.value }
  const row = rowOf(type, name)
  if (!row) return undefined
  const holder = jsonOf(value)
  return holder ? ways(row).flatMap((way) => itemsAt({ holder, ownerType: type, row }, way)) : []
}

/** R4 names primitive types in lower case, all others with a capital. */
const primitiveForm = /^[a-z]/

/** The row of an element by its FHIRPath name; undefined where the type has none. */
export function rowOf(type: string, name: string): ElementRow | undefined {
  return elements[type]?.find(([each]) => each === name || each === `${name}[x]`)
}

/** A JSON property with the type that it has there. */
export type Way = { readonly property: string; readonly type: string }

/** Each JSON property in which the element can stand; a choice has one per type. */
export function ways([name, , , types]: ElementRow): readonly Way[] {
  return types.map((written) => {
    const type = written.split('(', 1)[0] ?? written
    const property = name.endsWith('[x]')
      ? `${name.slice(0, -3)}${type.charAt(0).toUpperCase()}${type.slice(1)}`
      : name
    return { property, type }
  })
}

type Standing = Pick<ElementPlace, 'holder' | 'ownerType' | 'row'>

function itemsAt(standing: Standing, { property, type }: Way): readonly Found[] {
  const value = standing.holder[property]
  const companion = standing.holder[`_${property}`]
  if (value === undefined && companion === undefined) return []
  if (!Array.isArray(value) && !Array.isArray(companion))
    return [{ type, value, companion, place: { ...standing, property, index: undefined } }]
  const values: readonly unknown[] = Array.isArray(value) ? value : []
  const companions: readonly unknown[] = Array.isArray(companion) ? companion : []
  return Array.from({ length: Math.max(values.length, companions.length) }, (_, index) => ({
    type,
    value: values[index] ?? undefined,
    companion: companions[index] ?? undefined,
    place: { ...standing, property, index },
  }))
}

/** A resource within a resource tells its type itself. */
export function typeNow({ type, value }: Found): string {
  if (type !== 'Resource') return type
  const own = jsonOf(value)?.resourceType
  return typeof own === 'string' ? own : type
}

function jsonOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}
