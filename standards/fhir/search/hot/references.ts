/** FHIR R4 §3.1.1.4.12 reference: local literal references, absolute urls, canonicals and logical identifiers. */
import { parseReference } from '../../model.ts'
import type { ReferenceValue } from '../index-values.ts'
import { type Add, asObject, type Collector, textOf } from './collector.ts'

/** How a reference parameter reads an element of `type`; undefined where R4 gives no reading. */
export function referenceReader(parameter: string, type: string): Add | undefined {
  switch (type) {
    case 'Reference':
      return (element, into) => addReference(parameter, element, into)
    case 'canonical':
    case 'uri':
    case 'url':
      return (element, into) => {
        if (typeof element === 'string')
          into.references.push({ ...nothing, parameter, ...canonicalParts(element) })
      }
    case 'Resource':
      return (element, into) => addResource(parameter, element, into)
    default:
      return undefined
  }
}

const nothing = {
  type: undefined,
  id: undefined,
  url: undefined,
  version: undefined,
  identifier: undefined,
  text: undefined,
}

function addReference(parameter: string, element: unknown, into: Collector): void {
  const reference = asObject(element)
  if (!reference) return
  const literal = textOf(reference, 'reference')
  const identifier = identifierOf(reference.identifier)
  const isContained = literal === undefined || literal.startsWith('#')
  if (isContained && !identifier) return
  const target = isContained ? { type: textOf(reference, 'type') } : literalParts(literal)
  into.references.push({ ...nothing, ...target, identifier, text: textOf(reference, 'display'), parameter })
}

/** The parts of a literal reference: type, id and version where it is local, else its url. */
export function literalParts(literal: string): Partial<ReferenceValue> {
  const local = parseReference(literal)
  if (!local) return { url: literal }
  return { type: local.type, id: local.id, version: local.version }
}

/** `url|version` of a canonical, or a local literal reference that stands where a canonical may. */
export function canonicalParts(text: string): Partial<ReferenceValue> {
  const local = parseReference(text)
  if (local) return { type: local.type, id: local.id, version: local.version }
  const cut = text.indexOf('|')
  return cut < 0 ? { url: text } : { url: text.slice(0, cut), version: text.slice(cut + 1) }
}

function identifierOf(value: unknown): ReferenceValue['identifier'] {
  const identifier = asObject(value)
  const text = identifier && textOf(identifier, 'value')
  return identifier && text !== undefined ? { system: textOf(identifier, 'system'), value: text } : undefined
}

/** Bundle.entry[0].resource: the first resource of a document or message. */
function addResource(parameter: string, element: unknown, into: Collector): void {
  const resource = asObject(element)
  const type = resource && textOf(resource, 'resourceType')
  const id = resource && textOf(resource, 'id')
  if (type !== undefined && id !== undefined) into.references.push({ ...nothing, parameter, type, id })
}
