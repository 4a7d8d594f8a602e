/** PS3.5 §7 and PS3.10 §7.1: writes datasets (explicit or implicit VR, either byte order) and Part 10 meta headers. */
import { encodeText } from './character-set.ts'
import { characterSetVrs, longFormVrs, type Tag, vrOf } from './dictionary.ts'
import { tags } from './generated/tags.ts'
import { explicitLittleEndian, type TransferSyntax } from './transfer-syntaxes.ts'
import { implementationClassUid, implementationVersionName } from './uid.ts'

export type WritableValue =
  | string
  | number
  | readonly number[]
  | readonly string[]
  | Uint8Array
  | readonly WritableDataset[]
/** Values by tag; texts may be lists, sequences are lists of datasets. `Tag` keys are written in ascending order. */
export type WritableDataset = ReadonlyMap<Tag, WritableValue>

export type WriteOptions = {
  readonly syntax?: TransferSyntax
  /** How governed text is written; the caller states it in (0008,0005) too. */
  readonly characterSet?: 'ISO_IR 192' | 'GB18030'
}

/** The bytes of a dataset. Value representations come from the dictionary. Deflate is not applied. */
export function writeDataset(dataset: WritableDataset, options: WriteOptions = {}): Uint8Array {
  const syntax = options.syntax ?? explicitLittleEndian
  const parts: Uint8Array[] = []
  for (const tag of [...dataset.keys()].sort((one, other) => one - other)) {
    const value = dataset.get(tag)
    if (value !== undefined) parts.push(...writeElement(tag, value, syntax, options))
  }
  return Buffer.concat(parts)
}

function writeElement(
  tag: Tag,
  value: WritableValue,
  syntax: TransferSyntax,
  options: WriteOptions,
): Uint8Array[] {
  const vr = vrOf(tag)
  const bytes = padded(valueBytes(vr, value, syntax, options), vr)
  return [elementHeader(tag, vr, bytes.length, syntax), bytes]
}

function elementHeader(tag: Tag, vr: string, length: number, syntax: TransferSyntax): Uint8Array {
  const isLong = longFormVrs.has(vr)
  const header = Buffer.alloc(syntax.isExplicit && isLong ? 12 : 8)
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  view.setUint16(0, tag >>> 16, syntax.isLittleEndian)
  view.setUint16(2, tag & 0xffff, syntax.isLittleEndian)
  if (!syntax.isExplicit) view.setUint32(4, length, syntax.isLittleEndian)
  else {
    header.write(vr, 4, 'latin1')
    if (isLong) view.setUint32(8, length, syntax.isLittleEndian)
    else view.setUint16(6, length, syntax.isLittleEndian)
  }
  return header
}

function valueBytes(
  vr: string,
  value: WritableValue,
  syntax: TransferSyntax,
  options: WriteOptions,
): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (isDatasets(value)) return Buffer.concat(value.flatMap((item) => writeItem(item, syntax, options)))
  const width = numberBytes[vr]
  if (width) return numericBytes(vr, width, [value].flat().map(Number), syntax.isLittleEndian)
  const text = [value].flat().join('\\')
  return characterSetVrs.has(vr) && options.characterSet
    ? encodeText(text, options.characterSet)
    : Buffer.from(text, 'latin1')
}

function isDatasets(value: WritableValue): value is readonly WritableDataset[] {
  return Array.isArray(value) && value[0] instanceof Map
}

function writeItem(item: WritableDataset, syntax: TransferSyntax, options: WriteOptions): Uint8Array[] {
  const bytes = writeDataset(item, { ...options, syntax })
  return [elementHeader(tags.Item, '--', bytes.length, { ...syntax, isExplicit: false }), bytes]
}

const numberBytes: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, AT: 4 }

function numericBytes(
  vr: string,
  width: number,
  values: readonly number[],
  isLittleEndian: boolean,
): Uint8Array {
  const bytes = new Uint8Array(values.length * width)
  const view = new DataView(bytes.buffer)
  values.forEach((value, index) => {
    const at = index * width
    if (vr === 'US' || vr === 'SS') view.setUint16(at, value & 0xffff, isLittleEndian)
    else if (vr === 'FL') view.setFloat32(at, value, isLittleEndian)
    else if (vr === 'FD') view.setFloat64(at, value, isLittleEndian)
    else if (vr === 'AT') {
      view.setUint16(at, value >>> 16, isLittleEndian)
      view.setUint16(at + 2, value & 0xffff, isLittleEndian)
    } else view.setUint32(at, value >>> 0, isLittleEndian)
  })
  return bytes
}

/** PS3.5 §6.2: even length; UIDs and binary end in NUL, text in a space. */
function padded(bytes: Uint8Array, vr: string): Uint8Array {
  if (bytes.length % 2 === 0) return bytes
  const isText = !['UI', 'OB', 'UN'].includes(vr)
  return Buffer.concat([bytes, Buffer.from([isText ? 0x20 : 0])])
}

export type MetaHeader = {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
}

/** Preamble and file meta information (PS3.10 table 7.1-1). It depends on the instance alone, so equal instances give equal files. */
export function writeMetaHeader(meta: MetaHeader): Uint8Array {
  const group = writeDataset(
    new Map<Tag, WritableValue>([
      [tags.FileMetaInformationVersion, Uint8Array.of(0, 1)],
      [tags.MediaStorageSOPClassUID, meta.sopClassUid],
      [tags.MediaStorageSOPInstanceUID, meta.sopInstanceUid],
      [tags.TransferSyntaxUID, meta.transferSyntaxUid],
      [tags.ImplementationClassUID, implementationClassUid],
      [tags.ImplementationVersionName, implementationVersionName],
    ]),
  )
  const length = writeDataset(
    new Map<Tag, WritableValue>([[tags.FileMetaInformationGroupLength, group.length]]),
  )
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM', 'latin1'), length, group])
}
