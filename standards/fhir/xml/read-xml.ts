/**
 * R4 xml.html §2.6.1: FHIR XML to FHIR JSON. Reads what the XML says and judges only what JSON could not say (unknown
 * elements and attributes, text between elements); cardinality and values are for the validator. Takes elements in any
 * order, since order between different elements means nothing. No document type, hence no entities beside XML's own five.
 * Over 300 lines because it is one state machine: each kind of open element takes the next event where it stands.
 */
import { type SaxesOptions, SaxesParser, type SaxesTagNS } from 'saxes'
import { invalid, type OutcomeError } from '../outcome.ts'
import {
  fhirNamespace,
  isResourceName,
  type XmlElement,
  xhtmlNamespace,
  xmlElementsOf,
} from './element-in-xml.ts'
import { numberText, stringifyKeepingNumbers } from './number-text.ts'

/** Deeper is no clinical content; as many levels as a JSON body may have. */
const deepestElement = 100

type Json = Record<string, unknown>

/** An element that is open. */
type Frame =
  /** Has child elements of `type`. */
  | { readonly kind: 'object'; readonly type: string; readonly object: Json; readonly path: string }
  /** Waits for the one resource that stands in it. */
  | {
      readonly kind: 'holder'
      readonly element: XmlElement
      readonly owner: Json
      readonly path: string
      isFilled: boolean
    }
  | {
      readonly kind: 'xhtml'
      readonly owner: Json
      readonly path: string
      readonly startOffset: number
      readonly hasNamespace: boolean
      depth: number
    }
  /** A primitive with its `value`; the object takes id and extensions. */
  | {
      readonly kind: 'primitive'
      readonly element: XmlElement
      readonly owner: Json
      readonly object: Json
      readonly value: unknown
      readonly path: string
    }

const options = { xmlns: true, position: true } as const satisfies SaxesOptions
type Parser = SaxesParser<typeof options>

/** FHIR JSON text of a resource as FHIR XML text. Throws `invalid`: `fhir.xml`, `fhir.unknown-element`, `fhir.unknown-type`. */
export function jsonOfXml(text: string): string {
  const parser: Parser = new SaxesParser(options)
  const reading = { parser, text, frames: [] as Frame[], root: undefined as Json | undefined }
  parser.on('error', () => {
    throw refused(reading, 'the body is not well-formed XML')
  })
  parser.on('doctype', () => {
    throw refused(reading, 'a document type is not taken')
  })
  parser.on('xmldecl', ({ encoding = 'utf-8' }) => {
    if (encoding.toLowerCase() !== 'utf-8') throw refused(reading, 'XML is taken as UTF-8 only')
  })
  parser.on('opentag', (tag) => open(reading, tag))
  parser.on('closetag', () => close(reading))
  parser.on('text', (between) => refuseText(reading, between))
  parser.on('cdata', (between) => refuseText(reading, between))
  parser.write(text).close()
  if (!reading.root) throw refused(reading, 'the body has no resource')
  return stringifyKeepingNumbers(reading.root)
}

type Reading = {
  readonly parser: Parser
  readonly text: string
  readonly frames: Frame[]
  root: Json | undefined
}

function open(reading: Reading, tag: SaxesTagNS): void {
  const parent = reading.frames.at(-1)
  if (reading.frames.length >= deepestElement)
    throw refused(reading, `the XML is nested deeper than ${deepestElement} levels`)
  if (!parent) {
    const root = resource(reading, tag, tag.local)
    reading.root = root.object
    reading.frames.push(root)
    return
  }
  switch (parent.kind) {
    case 'xhtml':
      if (tag.uri !== xhtmlNamespace || tag.prefix !== '')
        throw refused(reading, 'the narrative has XHTML elements only, without a prefix', parent.path)
      parent.depth++
      return
    case 'holder':
      reading.frames.push(held(reading, parent, tag))
      return
    case 'primitive':
      reading.frames.push(child(reading, { ...parent, type: 'Element' }, tag))
      return
    case 'object':
      reading.frames.push(child(reading, parent, tag))
  }
}

function resource(reading: Reading, tag: SaxesTagNS, path: string): Extract<Frame, { kind: 'object' }> {
  if (tag.uri !== fhirNamespace)
    throw refused(reading, `an element is not in the namespace ${fhirNamespace}`, path)
  if (!isResourceName(tag.local)) {
    throw invalid(`FHIR R4 has no resource type ${shown(tag.local)}${placeIn(reading)}`, {
      code: 'fhir.unknown-type',
      ...(reading.frames.length > 0 ? { at: path } : {}),
    })
  }
  const object: Json = { resourceType: tag.local }
  takeAttributes(reading, tag, { object, type: tag.local, path })
  return { kind: 'object', type: tag.local, object, path }
}

function held(reading: Reading, holder: Extract<Frame, { kind: 'holder' }>, tag: SaxesTagNS): Frame {
  if (holder.isFilled) throw refused(reading, 'one resource stands in such an element', holder.path)
  holder.isFilled = true
  const frame = resource(reading, tag, holder.path)
  put(holder.owner, holder.element, frame.object)
  return frame
}

type Parent = { readonly type: string; readonly object: Json; readonly path: string }

function child(reading: Reading, parent: Parent, tag: SaxesTagNS): Frame {
  const element = xmlElementsOf(parent.type).get(tag.local)
  const path = `${parent.path}.${shown(tag.local)}`
  const namespace = element?.kind === 'xhtml' ? xhtmlNamespace : fhirNamespace
  if (!element || element.kind === 'attribute') throw unknown(reading, parent, tag.local)
  if (tag.uri !== namespace) throw refused(reading, `an element is not in the namespace ${namespace}`, path)
  switch (element.kind) {
    case 'resource':
      takeAttributes(reading, tag, { object: {}, type: 'Resource', path })
      return { kind: 'holder', element, owner: parent.object, path, isFilled: false }
    case 'xhtml':
      return narrative(reading, parent.object, tag, path)
    case 'primitive': {
      const object: Json = {}
      const value = takeAttributes(reading, tag, { object, type: 'Element', path }, true)
      return {
        kind: 'primitive',
        element,
        owner: parent.object,
        object,
        value: typedValue(element.type, value),
        path,
      }
    }
    case 'complex': {
      const object: Json = {}
      takeAttributes(reading, tag, { object, type: element.type, path })
      put(parent.object, element, object)
      return { kind: 'object', type: element.type, object, path }
    }
  }
}

function narrative({ parser, text, ...reading }: Reading, owner: Json, tag: SaxesTagNS, path: string): Frame {
  if (tag.prefix !== '')
    throw refused(
      { parser, text, ...reading },
      'the narrative has XHTML elements only, without a prefix',
      path,
    )
  // An attribute's value has no `<`, so the tag that has just been read begins at the last one.
  const startOffset = text.lastIndexOf('<', parser.position - 1)
  return { kind: 'xhtml', owner, path, startOffset, hasNamespace: 'xmlns' in tag.attributes, depth: 0 }
}

function close(reading: Reading): void {
  const frame = reading.frames.at(-1)
  if (frame?.kind === 'xhtml' && frame.depth > 0) {
    frame.depth--
    return
  }
  reading.frames.pop()
  if (frame?.kind === 'primitive') closePrimitive(frame)
  if (frame?.kind === 'xhtml') frame.owner.div = markupOf(reading, frame)
  if (frame?.kind === 'holder' && !frame.isFilled)
    throw refused(reading, 'a resource is missing in such an element', frame.path)
}

/** The markup as it was written; XML's newlines (§2.11) apply. */
function markupOf({ parser, text }: Reading, frame: Extract<Frame, { kind: 'xhtml' }>): string {
  const markup = text.slice(frame.startOffset, parser.position).replaceAll(/\r\n?/g, '\n')
  return frame.hasNamespace ? markup : markup.replace('<div', `<div xmlns="${xhtmlNamespace}"`)
}

function closePrimitive({ element, owner, object, value }: Extract<Frame, { kind: 'primitive' }>): void {
  const companion = Object.keys(object).length > 0 ? object : undefined
  const { name, isList } = element
  if (!isList) {
    if (value !== undefined) put(owner, element, value)
    if (companion) put(owner, { ...element, name: `_${name}` }, companion)
    if (value === undefined && !companion) put(owner, element, null)
    return
  }
  const values = listOf(owner, name)
  const companions = listOf(owner, `_${name}`)
  const position = Math.max(values.length, companions.length)
  if (value !== undefined || !companion) fill(owner, name, position, value ?? null)
  if (companion) fill(owner, `_${name}`, position, companion)
  // json.html §2.6.2.3: both lists have the same length where both are there.
  for (const each of [name, `_${name}`]) {
    const list = owner[each]
    if (Array.isArray(list) && list.length <= position) list.push(null)
  }
}

function listOf(owner: Json, name: string): readonly unknown[] {
  const list = owner[name]
  return Array.isArray(list) ? list : []
}

function fill(owner: Json, name: string, position: number, value: unknown): void {
  const list = [...listOf(owner, name)]
  while (list.length < position) list.push(null)
  list.push(value)
  owner[name] = list
}

/** What stands twice and may not becomes a list, which the validator refuses with its place. */
function put(owner: Json, { name, isList }: XmlElement, value: unknown): void {
  const present = owner[name]
  if (Array.isArray(present)) present.push(value)
  else if (present !== undefined) owner[name] = [present, value]
  else owner[name] = isList ? [value] : value
}

/** Puts id and url where they belong; answers `value`, which only a primitive may have. */
function takeAttributes(
  reading: Reading,
  tag: SaxesTagNS,
  into: Parent,
  hasValue = false,
): string | undefined {
  let given: string | undefined
  for (const { local, uri, prefix, value } of Object.values(tag.attributes)) {
    if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns') || uri === schemaInstance) continue
    if (uri === '' && local === 'value' && hasValue) given = value
    else if (uri === '' && xmlElementsOf(into.type).get(local)?.kind === 'attribute')
      into.object[local] = value
    else throw unknown(reading, into, `@${local}`)
  }
  return given
}

/** §2.6.1: xsi:schemaLocation may stand and is not looked at. */
const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance'

const decimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const numbers: ReadonlySet<string> = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt'])

/** What does not have the form of its type stays text, which the validator refuses with its place. */
function typedValue(type: string, value: string | undefined): unknown {
  if (value === undefined) return undefined
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return numbers.has(type) && decimal.test(value) ? numberText(value) : value
}

function refuseText(reading: Reading, between: string): void {
  const frame = reading.frames.at(-1)
  if (frame?.kind === 'xhtml' || between.trim() === '') return
  throw refused(
    reading,
    'text stands between elements; a value is written as the attribute value',
    frame?.path,
  )
}

function unknown(reading: Reading, { type, path }: Parent, name: string): OutcomeError {
  const isAttribute = name.startsWith('@')
  const what = isAttribute ? 'attribute' : 'element'
  return invalid(`${type} has no ${what} ${shown(name.replace('@', ''))}${placeIn(reading)}`, {
    code: 'fhir.unknown-element',
    at: isAttribute ? path : `${path}.${shown(name)}`,
  })
}

function refused(reading: Reading, reason: string, at?: string): OutcomeError {
  return invalid(`${reason}${placeIn(reading)}`, { code: 'fhir.xml', ...(at ? { at } : {}) })
}

function placeIn({ parser }: Pick<Reading, 'parser'>): string {
  return `, at line ${parser.line} character ${parser.columnIndex}`
}

/** A name from outside is shown only where it looks like one. */
function shown(name: string): string {
  return /^\w{1,64}$/.test(name) ? name : 'of that name'
}
