/** PS3.5 §7: a dataset in memory, values as bytes until they are asked for; large ones stay where they lie. */
import { type CharacterSet, characterSetOf, decodeText, defaultCharacterSet } from './character-set.ts'
import { characterSetVrs, type Tag, type Vr } from './dictionary.ts'
import { DicomError } from './failure.ts'
import { tags } from './generated/tags.ts'
import { createReader, type ReaderLimits } from './reader.ts'
import { explicitLittleEndian, type TransferSyntax } from './transfer-syntaxes.ts'
import type { ElementHeader, Visitor, Wish } from './visitor.ts'

export type Place = { readonly offset: number; readonly length: number }
export type Value =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'items'; readonly items: readonly Dataset[] }
  /** Left in the stream: offset and length in bytes (of the inflated dataset where it was deflated). */
  | { readonly kind: 'left'; readonly place: Place }
  /** Encapsulated pixel data (PS3.5 §A.4): the fragments after the basic offset table, and that table's bytes. */
  | { readonly kind: 'fragments'; readonly places: readonly Place[]; readonly offsetTable: Uint8Array }
export type Element = {
  readonly tag: Tag
  readonly vr: Vr
  readonly value: Value
  readonly isLittleEndian: boolean
}
export type Dataset = { readonly elements: ReadonlyMap<Tag, Element>; readonly characterSet: CharacterSet }

export type DatasetOptions = {
  /** Values longer than this many bytes are left where they are; pixel data always. */
  readonly keepBytes?: number
  /** Reading stops before the first element of the dataset itself whose tag is this or higher. */
  readonly stopAt?: Tag
  readonly limits?: Partial<ReaderLimits>
}

type Open = { readonly elements: Map<Tag, Element>; characterSet: CharacterSet }

/** A visitor that builds datasets, and the dataset (meta elements apart) that it has built so far. */
export function datasetBuilder(options: DatasetOptions = {}): {
  visitor: Visitor
  meta: Dataset
  dataset: Dataset
} {
  const keepBytes = options.keepBytes ?? 64 * 1024
  const meta: Open = { elements: new Map(), characterSet: defaultCharacterSet }
  const root: Open = { elements: new Map(), characterSet: defaultCharacterSet }
  const open: Open[] = [root]
  const sequences: { header: ElementHeader; items: Dataset[] }[] = []
  let fragments: Place[] | undefined
  let offsetTable: Uint8Array = new Uint8Array(0)
  let isOffsetTable = false

  const add = (header: ElementHeader, value: Value): void => {
    const target = header.tag >>> 16 === 2 ? meta : (open.at(-1) ?? root)
    target.elements.set(header.tag, {
      tag: header.tag,
      vr: header.vr,
      value,
      isLittleEndian: header.isLittleEndian,
    })
    if (header.tag === tags.SpecificCharacterSet && value.kind === 'bytes')
      target.characterSet = characterSetOf(decodeText(value.bytes, defaultCharacterSet).split('\\'))
  }

  const wish = (header: ElementHeader): Wish => {
    if (options.stopAt !== undefined && header.depth === 0 && header.tag >= options.stopAt) return 'stop'
    if (fragments) return isOffsetTable ? 'keep' : 'skip'
    const isLeft = isPixelTag(header.tag) || (header.length ?? 0) > keepBytes
    if (!isLeft) return 'keep'
    if (header.length !== undefined)
      add(header, { kind: 'left', place: { offset: header.valueOffset, length: header.length } })
    return 'skip'
  }

  const visitor: Visitor = {
    wish,
    // A kept value may lie in a chunk whose memory the caller uses again, so it is copied.
    value: (header, bytes) => {
      if (isOffsetTable) offsetTable = new Uint8Array(bytes)
      else add(header, { kind: 'bytes', bytes: new Uint8Array(bytes) })
    },
    beginSequence: (header) => sequences.push({ header, items: [] }),
    beginItem: () =>
      open.push({ elements: new Map(), characterSet: open.at(-1)?.characterSet ?? defaultCharacterSet }),
    endItem: () => {
      const item = open.pop()
      if (item) sequences.at(-1)?.items.push(item)
    },
    endSequence: () => {
      const sequence = sequences.pop()
      if (sequence) add({ ...sequence.header, vr: 'SQ' }, { kind: 'items', items: sequence.items })
    },
    beginFragments: () => {
      fragments = []
    },
    fragment: (header, index) => {
      isOffsetTable = index === 0
      if (index > 0) fragments?.push({ offset: header.valueOffset, length: header.length ?? 0 })
    },
    endFragments: () => {
      const places = fragments ?? []
      fragments = undefined
      isOffsetTable = false
      add(pixelHeader, { kind: 'fragments', places, offsetTable })
    },
  }
  const pixelHeader: ElementHeader = {
    tag: tags.PixelData,
    vr: 'OB',
    length: undefined,
    valueOffset: 0,
    depth: 0,
    isLittleEndian: true,
  }
  return { visitor, meta, dataset: root }
}

/** Pixel Data, Float Pixel Data, Double Float Pixel Data (PS3.3 C.7.6.3, C.7.6.24). */
export function isPixelTag(tag: Tag): boolean {
  return tag === tags.PixelData || tag === tags.FloatPixelData || tag === tags.DoubleFloatPixelData
}

export type Part10 = {
  readonly meta: Dataset
  readonly dataset: Dataset
  readonly transferSyntax: TransferSyntax
  /** Bytes of preamble and meta header; what follows is the dataset as it travels in C-STORE. */
  readonly datasetOffset: number
}

/** A whole Part 10 file (PS3.10 §7) from memory. Throws DicomError. */
export function readPart10(bytes: Uint8Array, options: DatasetOptions = {}): Part10 {
  const builder = datasetBuilder(options)
  const reader = createReader({ form: 'part10', visitor: builder.visitor, limits: options.limits ?? {} })
  if (reader.write(bytes)) reader.end()
  const transferSyntax = reader.transferSyntax()
  const datasetOffset = reader.datasetOffset()
  if (!transferSyntax || datasetOffset === undefined)
    throw new DicomError('no-transfer-syntax', 'the file holds no dataset')
  return { meta: builder.meta, dataset: builder.dataset, transferSyntax, datasetOffset }
}

/** A dataset without meta header from memory. Throws DicomError. */
export function readDataset(
  bytes: Uint8Array,
  form: TransferSyntax = explicitLittleEndian,
  options: DatasetOptions = {},
): Dataset {
  const builder = datasetBuilder(options)
  const reader = createReader({ form, visitor: builder.visitor, limits: options.limits ?? {} })
  if (reader.write(bytes)) reader.end()
  return builder.dataset
}

/** Whether the text of an element follows Specific Character Set. */
export function isCharacterSetVr(vr: Vr): boolean {
  return characterSetVrs.has(vr)
}
