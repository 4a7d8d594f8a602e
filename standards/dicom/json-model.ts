/** PS3.18 annex F: the DICOM JSON model of a dataset, bulk data by URI or in Base64. */
import type { Dataset, Element } from './dataset.ts'
import { type Tag, tagText, type Vr } from './dictionary.ts'
import { elementNumbers, elementTexts } from './values.ts'

export type JsonPersonName = {
  readonly Alphabetic?: string
  readonly Ideographic?: string
  readonly Phonetic?: string
}
export type JsonValue = string | number | JsonPersonName | JsonDataset | null
export type JsonElement = {
  readonly vr: Vr
  readonly Value?: readonly JsonValue[]
  readonly InlineBinary?: string
  readonly BulkDataURI?: string
}
export type JsonDataset = { readonly [tag: string]: JsonElement }

export type JsonOptions = {
  /** The URI under which a value is fetched apart; values of which nothing is given are left out. */
  readonly bulkDataUri?: (path: readonly (Tag | number)[]) => string | undefined
  /** Binary values up to this many bytes are given in Base64. */
  readonly inlineBytes?: number
}

const bulkVrs = new Set('OB OD OF OL OV OW UN'.split(' '))
const numericTextVrs = new Set(['DS', 'IS'])
const numberVrs = new Set('FL FD SL SS SV UL US UV'.split(' '))
/** Small enough for a look-up table or a thumbnail icon, small beside the rest of the header. */
const defaultInlineBytes = 1024

/** The JSON model of a dataset; group lengths and meta elements are left out (PS3.18 §F.2.2). */
export function toJson(
  dataset: Dataset,
  options: JsonOptions = {},
  path: readonly (Tag | number)[] = [],
): JsonDataset {
  const json: Record<string, JsonElement> = {}
  for (const element of dataset.elements.values()) {
    if ((element.tag & 0xffff) === 0) continue
    const model = elementToJson(element, dataset, options, [...path, element.tag])
    if (model) json[tagText(element.tag)] = model
  }
  return json
}

function elementToJson(
  element: Element,
  dataset: Dataset,
  options: JsonOptions,
  path: readonly (Tag | number)[],
): JsonElement | undefined {
  const { vr, value } = element
  if (value.kind === 'items')
    return { vr: 'SQ', ...some(value.items.map((item, index) => toJson(item, options, [...path, index]))) }
  if (value.kind !== 'bytes') return bulk(vr, options, path)
  if (!bulkVrs.has(vr)) return { vr, ...some(jsonValues(element, dataset)) }
  if (value.bytes.length === 0) return { vr }
  if (value.bytes.length > (options.inlineBytes ?? defaultInlineBytes)) return bulk(vr, options, path)
  return { vr, InlineBinary: Buffer.from(littleEndian(value.bytes, element)).toString('base64') }
}

function bulk(vr: Vr, options: JsonOptions, path: readonly (Tag | number)[]): JsonElement | undefined {
  const BulkDataURI = options.bulkDataUri?.(path)
  return BulkDataURI === undefined ? undefined : { vr, BulkDataURI }
}

const some = (values: readonly JsonValue[]): { Value?: readonly JsonValue[] } =>
  values.length > 0 ? { Value: values } : {}

function jsonValues(element: Element, dataset: Dataset): readonly JsonValue[] {
  if (numberVrs.has(element.vr)) return elementNumbers(element).map(finite)
  if (element.vr === 'AT') return elementNumbers(element).map(tagText)
  const values = elementTexts(element, dataset.characterSet)
  if (values.every((value) => value === '')) return []
  if (element.vr === 'PN') return values.map(nameModel)
  return values.map((value) =>
    value === '' ? null : numericTextVrs.has(element.vr) ? numericText(value) : value,
  )
}

/** PS3.18 §F.2.3: what JSON has no number for is given as text. */
const finite = (value: number): number | string =>
  Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf'

/** A decimal string that is no number stays text, so that a broken header is shown as it is. */
const numericText = (value: string): number | string =>
  Number.isFinite(Number(value)) ? Number(value) : value

function nameModel(value: string): JsonPersonName | null {
  const [Alphabetic, Ideographic, Phonetic] = value.split('=')
  const name = {
    ...(Alphabetic && { Alphabetic }),
    ...(Ideographic && { Ideographic }),
    ...(Phonetic && { Phonetic }),
  }
  return Object.keys(name).length > 0 ? name : null
}

const wordBytes: Readonly<Record<string, number>> = { OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 }

/** PS3.18 §F.2.7: inline binary is little endian whatever the transfer syntax. */
function littleEndian(bytes: Uint8Array, element: Element): Uint8Array {
  const size = wordBytes[element.vr]
  if (element.isLittleEndian || !size) return bytes
  const swapped = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % size)))
  if (size === 2) return swapped.swap16()
  return size === 4 ? swapped.swap32() : swapped.swap64()
}
