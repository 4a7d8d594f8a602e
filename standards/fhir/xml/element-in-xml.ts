/** R4 xml.html §2.6.1: how each element of a type stands in XML, from the element tables. */
import { ways } from '../fhirpath/found.ts'
import { elements, resourceTypes } from '../generated/elements.js'

export const fhirNamespace = 'http://hl7.org/fhir'
export const xhtmlNamespace = 'http://www.w3.org/1999/xhtml'

export type XmlElement = {
  /** Name of the XML element or attribute, which is the JSON property: `valueQuantity`. */
  readonly name: string
  /** Data type, backbone path, or `Resource` for an element that holds a whole one. */
  readonly type: string
  readonly isList: boolean
  /** `attribute`: the id of an element and the url of an extension. */
  readonly kind: 'attribute' | 'primitive' | 'complex' | 'resource' | 'xhtml'
}

const resources: ReadonlySet<string> = new Set(resourceTypes)
const known = new Map<string, ReadonlyMap<string, XmlElement>>()

/** The elements of a resource type, data type or backbone path by name, in the order in which XML has them. */
export function xmlElementsOf(type: string): ReadonlyMap<string, XmlElement> {
  const found = known.get(type)
  if (found) return found
  const made = new Map<string, XmlElement>()
  for (const row of elements[type] ?? []) {
    for (const { property, type: elementType } of ways(row))
      made.set(property, {
        name: property,
        type: elementType,
        isList: row[2] !== 1,
        kind: kindOf(type, property, elementType),
      })
  }
  known.set(type, made)
  return made
}

/** Whether the name is that of a resource type that can be instantiated. */
export function isResourceName(name: string): boolean {
  return resources.has(name)
}

function kindOf(owner: string, name: string, type: string): XmlElement['kind'] {
  if (name === 'id' && !resources.has(owner)) return 'attribute'
  if (name === 'url' && owner === 'Extension') return 'attribute'
  if (type === 'Resource') return 'resource'
  if (type === 'xhtml') return 'xhtml'
  return /^[a-z]/.test(type) ? 'primitive' : 'complex'
}
