/**
 * R4 xml.html §2.6.1: FHIR JSON to FHIR XML, elements in the order of the specification, decimals as they were written, the
 * narrative as it is. For resources that are valid: what a type does not define is left out.
 */
import { resourceTypeOf } from '../diff/elements-of.ts'
import { fhirNamespace, type XmlElement, xhtmlNamespace, xmlElementsOf } from './element-in-xml.ts'
import { xmlEntities } from './html-entities.ts'
import { parseKeepingNumbers, textOfNumber } from './number-text.ts'

export type XmlOptions = { readonly isPretty?: boolean }

type Json = { readonly [name: string]: unknown }
type Writing = { readonly parts: string[]; readonly isPretty: boolean }

/** The XML text of a resource that stands as JSON text. */
export function xmlOfJson(json: string, { isPretty = false }: XmlOptions = {}): string {
  const resource = parseKeepingNumbers(json)
  const writing: Writing = { parts: ['<?xml version="1.0" encoding="UTF-8"?>'], isPretty }
  if (isPretty) writing.parts.push('\n')
  if (isObject(resource)) writeResource(writing, resource, 0, ` xmlns="${fhirNamespace}"`)
  return writing.parts.join('')
}

function writeResource(writing: Writing, resource: Json, level: number, attributes = ''): void {
  const type = resourceTypeOf(resource) ?? 'Resource'
  writeElement(writing, { name: type, type, attributes, level }, resource)
}

type Tag = {
  readonly name: string
  readonly type: string
  readonly attributes: string
  readonly level: number
}

function writeElement(writing: Writing, { name, type, attributes, level }: Tag, object: Json): void {
  const { parts } = writing
  indent(writing, level)
  parts.push(`<${name}${attributes}${attributesOf(type, object)}>`)
  const before = parts.length
  for (const element of xmlElementsOf(type).values())
    if (element.kind !== 'attribute') writeItems(writing, element, object, level + 1)
  if (parts.length === before) {
    parts[before - 1] = `${parts[before - 1]?.slice(0, -1)}/>`
    return
  }
  indent(writing, level)
  parts.push(`</${name}>`)
}

function attributesOf(type: string, object: Json): string {
  let text = ''
  for (const name of type === 'Extension' ? ['id', 'url'] : ['id']) {
    const value = object[name]
    if (typeof value === 'string' && xmlElementsOf(type).get(name)?.kind === 'attribute')
      text += ` ${name}="${escaped(value)}"`
  }
  return text
}

function writeItems(writing: Writing, element: XmlElement, object: Json, level: number): void {
  const values = listOf(object[element.name])
  const companions = element.kind === 'primitive' ? listOf(object[`_${element.name}`]) : []
  for (let at = 0; at < Math.max(values.length, companions.length); at++)
    writeItem(writing, { element, level }, values[at], companions[at])
}

function writeItem(
  writing: Writing,
  { element, level }: { readonly element: XmlElement; readonly level: number },
  value: unknown,
  companion: unknown,
): void {
  const { name, type, kind } = element
  if (kind === 'primitive') {
    const text = textOfNumber(value) ?? (value === undefined || value === null ? undefined : String(value))
    const attributes = text === undefined ? '' : ` value="${escaped(text)}"`
    writeElement(writing, { name, type: 'Element', attributes, level }, isObject(companion) ? companion : {})
  } else if (kind === 'xhtml') {
    indent(writing, level)
    writing.parts.push(markup(String(value)))
  } else if (isObject(value)) {
    if (kind === 'complex') writeElement(writing, { name, type, attributes: '', level }, value)
    else writeHeld(writing, name, value, level)
  }
}

function writeHeld(writing: Writing, name: string, resource: Json, level: number): void {
  indent(writing, level)
  writing.parts.push(`<${name}>`)
  writeResource(writing, resource, level + 1)
  indent(writing, level)
  writing.parts.push(`</${name}>`)
}

/** XHTML with its namespace and without entities that XML does not know (HTML has 252 of them). */
function markup(div: string): string {
  const isNamed = /^\s*<div[^>]*\sxmlns\s*=/.test(div)
  return xmlEntities(isNamed ? div : div.replace('<div', `<div xmlns="${xhtmlNamespace}"`))
}

function indent({ parts, isPretty }: Writing, level: number): void {
  if (isPretty && parts.length > 2) parts.push(`\n${'  '.repeat(level)}`)
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** XML 1.0 §3.3.3: a newline or tab in an attribute survives only as a reference. */
function escaped(text: string): string {
  return special.test(text) ? text.replace(/[&<>"\t\n\r]/g, (sign) => references[sign] ?? sign) : text
}

const special = /[&<>"\t\n\r]/
const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}
