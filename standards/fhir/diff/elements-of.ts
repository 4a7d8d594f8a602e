/** A resource or data type as FHIRPath sees it: named elements with types and items (R4 json.html §2.6.2, formats.html choice types). */
import { elements } from '../generated/elements.js'

export type Json = { readonly [name: string]: unknown }

/** One value; `companion` holds id and extensions of a primitive (`_birthDate`). */
export type Item = { readonly value?: unknown; readonly companion?: unknown }

export type ElementItems = {
  /** Without the type of a choice: `value` for `valueQuantity`. */
  readonly name: string
  /** Data type, resource type, or the path of a backbone element. */
  readonly type: string
  readonly isList: boolean
  readonly items: readonly Item[]
}

/** The elements that are present, in the order of the specification; `type` is a resource type, data type or backbone path. */
export function elementsOf(type: string, object: Json): readonly ElementItems[] {
  return (elements[type] ?? []).flatMap(([rowName, , max, types]) => {
    const name = rowName.replace('[x]', '')
    const isChoice = rowName !== name
    return types
      .flatMap((written) => {
        const elementType = written.split('(', 1)[0] ?? written
        const key = isChoice ? `${name}${capital(elementType)}` : name
        const items = itemsOf(object[key], object[`_${key}`])
        return items.length === 0 ? [] : [{ name, type: elementType, isList: max !== 1, items }]
      })
      .slice(0, 1)
  })
}

/** `HumanName` for `HumanName`, `DateTime` for `dateTime`. */
export function capital(type: string): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1)}`
}

/** The resource type of a resource within a resource. */
export function resourceTypeOf(value: unknown): string | undefined {
  const type =
    typeof value === 'object' && value !== null && 'resourceType' in value ? value.resourceType : undefined
  return typeof type === 'string' ? type : undefined
}

function itemsOf(value: unknown, companion: unknown): readonly Item[] {
  if (Array.isArray(value) || Array.isArray(companion)) {
    const values = Array.isArray(value) ? value : []
    const companions = Array.isArray(companion) ? companion : []
    const length = Math.max(values.length, companions.length)
    return Array.from({ length }, (_, at) => itemOf(values[at], companions[at]))
  }
  return value === undefined && companion === undefined ? [] : [itemOf(value, companion)]
}

/** A list of primitives has null where only the other list says something. */
function itemOf(value: unknown, companion: unknown): Item {
  return {
    ...(value === undefined || value === null ? {} : { value }),
    ...(companion === undefined || companion === null ? {} : { companion }),
  }
}
