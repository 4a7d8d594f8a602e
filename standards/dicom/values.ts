/** PS3.5 §6.2: the values of an element as text and numbers. A missing element and an empty one both give nothing. */
import { type CharacterSet, decodeText, defaultCharacterSet } from './character-set.ts'
import type { Dataset, Element } from './dataset.ts'
import { characterSetVrs, type Tag } from './dictionary.ts'

const single = new Set(['ST', 'LT', 'UT', 'UR'])

/** The values of a text element, padding removed; numbers are written as text. */
export function texts(dataset: Dataset, tag: Tag): readonly string[] {
  const element = dataset.elements.get(tag)
  return element ? elementTexts(element, dataset.characterSet) : []
}

/** The first value as text; undefined where there is none or it is empty. */
export function text(dataset: Dataset, tag: Tag): string | undefined {
  return texts(dataset, tag)[0] || undefined
}

/** The values of an element as text, read in the character set of its dataset. */
export function elementTexts(element: Element, set: CharacterSet): readonly string[] {
  if (element.value.kind !== 'bytes' || element.value.bytes.length === 0) return []
  if (binaryBytes[element.vr]) return elementNumbers(element).map(String)
  const isGoverned = characterSetVrs.has(element.vr) || element.vr === 'UN'
  const kind = element.vr === 'PN' ? 'name' : 'text'
  const decoded = decodeText(element.value.bytes, isGoverned ? set : defaultCharacterSet, kind)
  const values = single.has(element.vr) ? [decoded] : decoded.split('\\')
  return values.map((value) => trimmed(value, element.vr))
}

/** PS3.5 §6.2: leading and trailing spaces are padding, but leading ones mean something in long text. */
function trimmed(value: string, vr: string): string {
  const end = value.replace(/[\0 ]+$/, '')
  return single.has(vr) ? end : end.replace(/^ +/, '')
}

const binaryBytes: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  FD: 8,
  SV: 8,
  UV: 8,
  AT: 4,
}

/** The values of a numeric element (binary, DS or IS); text that is no number is left out. */
export function numbers(dataset: Dataset, tag: Tag): readonly number[] {
  const element = dataset.elements.get(tag)
  return element ? elementNumbers(element) : []
}

/** The first value as a number; undefined where there is none. */
export function number(dataset: Dataset, tag: Tag): number | undefined {
  return numbers(dataset, tag)[0]
}

/** The numbers of an element. 64-bit integers beyond 2⁵³ lose precision. */
export function elementNumbers(element: Element): readonly number[] {
  if (element.value.kind !== 'bytes') return []
  const size = binaryBytes[element.vr]
  if (!size)
    return elementTexts(element, defaultCharacterSet)
      .filter((value) => value !== '' && Number.isFinite(Number(value)))
      .map(Number)
  const { bytes } = element.value
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = Math.floor(bytes.length / size)
  return Array.from({ length: count }, (_, index) =>
    readNumber(view, element.vr, index * size, element.isLittleEndian),
  )
}

function readNumber(view: DataView, vr: string, at: number, isLittleEndian: boolean): number {
  switch (vr) {
    case 'US':
      return view.getUint16(at, isLittleEndian)
    case 'SS':
      return view.getInt16(at, isLittleEndian)
    case 'SL':
      return view.getInt32(at, isLittleEndian)
    case 'FL':
      return view.getFloat32(at, isLittleEndian)
    case 'FD':
      return view.getFloat64(at, isLittleEndian)
    case 'SV':
      return Number(view.getBigInt64(at, isLittleEndian))
    case 'UV':
      return Number(view.getBigUint64(at, isLittleEndian))
    case 'AT':
      return view.getUint16(at, isLittleEndian) * 0x10000 + view.getUint16(at + 2, isLittleEndian)
    default:
      return view.getUint32(at, isLittleEndian)
  }
}

/** The items of a sequence; none where it is absent. */
export function items(dataset: Dataset, tag: Tag): readonly Dataset[] {
  const value = dataset.elements.get(tag)?.value
  return value?.kind === 'items' ? value.items : []
}

/** The bytes of a binary element; undefined where it is absent or was left in its stream. */
export function bytesOf(dataset: Dataset, tag: Tag): Uint8Array | undefined {
  const value = dataset.elements.get(tag)?.value
  return value?.kind === 'bytes' ? value.bytes : undefined
}
