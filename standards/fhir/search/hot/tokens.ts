/** FHIR R4 §3.1.1.4.10 token: (system, code) of each data type that a token parameter may look at. */
import { type Add, asObject, type Collector, type Json, objectsIn, textOf } from './collector.ts'

/** How a token parameter reads an element of `type`; undefined where R4 gives no reading. */
export function tokenReader(parameter: string, type: string, system: string | undefined): Add | undefined {
  switch (type) {
    case 'CodeableConcept':
      return (element, into) => addConcept(parameter, element, into)
    case 'Coding':
      return (element, into) => addCoding(parameter, element, undefined, into)
    case 'Identifier':
      return (element, into) => addIdentifier(parameter, element, into)
    case 'ContactPoint':
      return (element, into) => addContactPoint(parameter, element, into)
    case 'boolean':
    case 'code':
    case 'string':
    case 'id':
    case 'uri':
    case 'canonical':
    case 'integer':
    case 'positiveInt':
      return (element, into) => addPrimitive(parameter, element, system, into)
    default:
      return undefined
  }
}

function addConcept(parameter: string, element: unknown, into: Collector): void {
  const concept = asObject(element)
  if (!concept) return
  const text = textOf(concept, 'text')
  const codings = objectsIn(concept.coding)
  for (const coding of codings) addCoding(parameter, coding, text, into)
  if (codings.length === 0 && text !== undefined) {
    into.tokens.push({ parameter, system: undefined, code: undefined, text })
  }
}

function addCoding(
  parameter: string,
  element: unknown,
  conceptText: string | undefined,
  into: Collector,
): void {
  const coding = asObject(element)
  if (!coding) return
  const system = textOf(coding, 'system')
  const code = textOf(coding, 'code')
  const display = textOf(coding, 'display')
  const text = conceptText === undefined || conceptText === display ? display : joined(display, conceptText)
  if (code === undefined && system === undefined && text === undefined) return
  into.tokens.push({ parameter, system, code, text })
}

function joined(display: string | undefined, text: string): string {
  return display === undefined ? text : `${display}\n${text}`
}

function addIdentifier(parameter: string, element: unknown, into: Collector): void {
  const identifier = asObject(element)
  const code = identifier && textOf(identifier, 'value')
  if (!identifier || code === undefined) return
  into.tokens.push({ parameter, system: textOf(identifier, 'system'), code, text: typeText(identifier) })
  addKinds(parameter, identifier, code, into)
}

/** §3.1.1.4.4 `:of-type`: kind and value together, as a token of its own. */
function addKinds(parameter: string, identifier: Json, value: string, into: Collector): void {
  for (const kind of objectsIn(asObject(identifier.type)?.coding)) {
    const system = textOf(kind, 'system')
    const code = textOf(kind, 'code')
    if (system === undefined || code === undefined) continue
    into.tokens.push({
      parameter: ofTypeParameter(parameter),
      system,
      code: ofTypeCode(code, value),
      text: undefined,
    })
  }
}

/** Under which parameter the kinds of identifiers stand. */
export function ofTypeParameter(parameter: string): string {
  return `${parameter}:of-type`
}

/** A kind and a value as one code; no code of a kind has a bar. */
export function ofTypeCode(code: string, value: string): string {
  return `${code}|${value}`
}

function typeText(identifier: Json): string | undefined {
  const type = asObject(identifier.type)
  return (
    type && (textOf(type, 'text') ?? objectsIn(type.coding).map((coding) => textOf(coding, 'display'))[0])
  )
}

/** The system of a ContactPoint is its use (`home`), not its kind. */
function addContactPoint(parameter: string, element: unknown, into: Collector): void {
  const point = asObject(element)
  const code = point && textOf(point, 'value')
  if (point && code !== undefined)
    into.tokens.push({ parameter, system: textOf(point, 'use'), code, text: undefined })
}

function addPrimitive(
  parameter: string,
  element: unknown,
  system: string | undefined,
  into: Collector,
): void {
  if (typeof element !== 'string' && typeof element !== 'boolean' && typeof element !== 'number') return
  into.tokens.push({ parameter, system, code: String(element), text: undefined })
}
