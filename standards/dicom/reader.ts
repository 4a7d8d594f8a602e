/**
 * PS3.5 §7 and annex A, PS3.10 §7.1: reads a dataset or a Part 10 file from a stream that may break at any byte.
 * One function a state. It knows sequences (defined and undefined length), encapsulated fragments, deflate and both
 * byte orders; it does not interpret values, and does not read files without a preamble as Part 10.
 * Over 300 lines because the states share the cursor, the containers and the value in hand; apart they would pass them around.
 */
import { Inflate } from 'fflate'
import { createCursor } from './cursor.ts'
import { longFormVrs, shortFormVrs, type Vr, vrOf } from './dictionary.ts'
import { DicomError } from './failure.ts'
import { tags } from './generated/tags.ts'
import {
  explicitLittleEndian,
  implicitLittleEndian,
  type TransferSyntax,
  transferSyntaxOf,
} from './transfer-syntaxes.ts'
import type { ElementHeader, Visitor, Wish } from './visitor.ts'

export type ReaderLimits = {
  /** Sequences in sequences; real objects stay under 10, the rest is an attack on the stack of whoever walks the tree. */
  readonly depth: number
  /** Bytes of one kept value; larger ones must be streamed or skipped. */
  readonly valueBytes: number
  /** Elements in all; an enhanced object of 20,000 frames has about 2 million. */
  readonly elements: number
  /** Bytes that a deflated dataset may become. */
  readonly inflatedBytes: number
}
export const defaultLimits: ReaderLimits = {
  depth: 32,
  valueBytes: 16 * 1024 * 1024,
  elements: 5_000_000,
  inflatedBytes: 4 * 1024 * 1024 * 1024,
}

export interface Reader {
  /** Reads on; false when the visitor wanted to stop, after which further bytes are ignored. Throws DicomError. */
  write(chunk: Uint8Array): boolean
  /** Says that the stream is over; throws `truncated` where a value or sequence of known length is not. */
  end(): void
  /** Of a Part 10 file, known after its meta header. */
  transferSyntax(): TransferSyntax | undefined
  /** Part 10: bytes of preamble and meta header together, known after the meta header. */
  datasetOffset(): number | undefined
}

export type ReaderOptions = {
  /** `part10`: preamble, meta header, then the dataset in the syntax that it names. */
  readonly form: 'part10' | TransferSyntax
  readonly visitor: Visitor
  readonly limits?: Partial<ReaderLimits>
}

type Container = {
  readonly kind: 'sequence' | 'item'
  readonly endOffset: number | undefined
  /** An UN of undefined length holds Implicit VR Little Endian (PS3.5 §6.2.2 note 2). */
  readonly outerEncoding: Encoding
}
type Encoding = { readonly isExplicit: boolean; readonly isLittleEndian: boolean }
type State =
  | { readonly kind: 'preamble' | 'element' | 'stopped' }
  | { readonly kind: 'value'; readonly header: ElementHeader; readonly wish: Wish; readonly next: State }
  | { readonly kind: 'fragments'; readonly header: ElementHeader; readonly index: number }

const itemTag = tags.Item
const itemEnd = tags.ItemDelimitationItem
const sequenceEnd = tags.SequenceDelimitationItem
const undefinedLength = 0xffffffff
const preambleBytes = 132
/** Small steps, so that a bomb is noticed after at most 4 MB (deflate expands 1032-fold at most). */
const inflateStepBytes = 4096

/** A reader at the start of its stream. */
export function createReader(options: ReaderOptions): Reader {
  const limits = { ...defaultLimits, ...options.limits }
  const { visitor } = options
  let cursor = createCursor()
  const containers: Container[] = []
  let syntax = options.form === 'part10' ? undefined : options.form
  let isMeta = options.form === 'part10'
  let encoding: Encoding = syntax ?? explicitLittleEndian
  let state: State = { kind: isMeta ? 'preamble' : 'element' }
  let kept: Uint8Array | undefined
  let filled = 0
  let remaining = 0
  let elements = 0
  let inflater: Inflate | undefined
  let inflatedBytes = 0
  let metaSyntaxUid = ''
  let datasetStart: number | undefined
  if (syntax?.isDeflated) startInflating()

  function write(chunk: Uint8Array): boolean {
    if (inflater) inflate(chunk)
    else {
      cursor.push(chunk)
      run()
      cursor.letGo()
    }
    return state.kind !== 'stopped'
  }

  function run(): void {
    while (step());
  }

  /** Advances by one state; false when more bytes are needed or reading has stopped. */
  function step(): boolean {
    switch (state.kind) {
      case 'preamble':
        return readPreamble()
      case 'element':
        return readElement()
      case 'value':
        return readValue(state)
      case 'fragments':
        return readFragment(state)
      case 'stopped':
        return false
    }
  }

  function readPreamble(): boolean {
    if (!cursor.has(preambleBytes)) return false
    if (cursor.peekVr(128) !== 'DI' || cursor.peekVr(130) !== 'CM')
      throw new DicomError('no-preamble', 'not a DICOM Part 10 file: DICM is missing', { offset: 128 })
    cursor.skip(preambleBytes)
    state = { kind: 'element' }
    return true
  }

  function readElement(): boolean {
    closeFinished()
    if (!cursor.has(8)) return false
    if (isMeta && cursor.peek16(0, true) !== 2) return beginDataset()
    const tag =
      cursor.peek16(0, encoding.isLittleEndian) * 0x10000 + cursor.peek16(2, encoding.isLittleEndian)
    if (tag >>> 16 === 0xfffe) return readDelimiter(tag)
    const container = containers.at(-1)
    if (container?.kind === 'sequence')
      throw fail('item-expected', 'a sequence holds something that is no item')
    const header = readHeader(tag)
    if (!header) return false
    if (++elements > limits.elements) throw fail('too-many-elements', `more than ${limits.elements} elements`)
    return enter(header)
  }

  function readHeader(tag: number): ElementHeader | undefined {
    const form = encoding.isExplicit ? explicitForm() : implicitForm(tag)
    if (!form) return undefined
    cursor.skip(form.headerBytes)
    return {
      tag,
      vr: form.vr,
      length: form.length === undefinedLength ? undefined : form.length,
      valueOffset: cursor.offset(),
      depth: containers.length >> 1,
      isLittleEndian: encoding.isLittleEndian,
    }
  }

  function explicitForm(): { vr: Vr; length: number; headerBytes: number } | undefined {
    const vr = cursor.peekVr(4)
    if (shortFormVrs.has(vr)) return { vr, length: cursor.peek16(6, encoding.isLittleEndian), headerBytes: 8 }
    if (!longFormVrs.has(vr)) throw fail('unknown-vr', 'a value representation is none of PS3.5 §6.2')
    if (!cursor.has(12)) return undefined
    return { vr, length: cursor.peek32(8, encoding.isLittleEndian), headerBytes: 12 }
  }

  function implicitForm(tag: number): { vr: Vr; length: number; headerBytes: number } {
    return { vr: vrOf(tag), length: cursor.peek32(4, encoding.isLittleEndian), headerBytes: 8 }
  }

  function enter(header: ElementHeader): boolean {
    const isSequence = header.vr === 'SQ' || (header.length === undefined && header.vr === 'UN')
    if (isSequence) {
      if (isMeta) throw fail('misplaced-delimiter', 'a sequence in the file meta information')
      return open('sequence', header.length, () => visitor.beginSequence?.(header), header.vr === 'UN')
    }
    if (header.length === undefined) {
      const isPixels = header.vr === 'OB' || header.vr === 'OW'
      if (!isPixels) throw fail('misplaced-delimiter', `undefined length on ${header.vr}`)
      if (visitor.wish(header) === 'stop') return stop()
      visitor.beginFragments?.(header)
      state = { kind: 'fragments', header, index: 0 }
      return true
    }
    const isSyntaxUid = isMeta && header.tag === tags.TransferSyntaxUID
    return beginValue(header, isSyntaxUid ? 'keep' : visitor.wish(header), { kind: 'element' })
  }

  function open(
    kind: Container['kind'],
    length: number | undefined,
    tell: () => void,
    isUnknown = false,
  ): boolean {
    if (containers.length >> 1 >= limits.depth)
      throw fail('too-deep', `more than ${limits.depth} sequences deep`)
    const endOffset = length === undefined ? undefined : cursor.offset() + length
    const outer = containers.at(-1)?.endOffset
    if (endOffset !== undefined && outer !== undefined && endOffset > outer)
      throw fail('truncated', 'an item is longer than what holds it')
    containers.push({ kind, endOffset, outerEncoding: encoding })
    if (isUnknown) encoding = implicitLittleEndian
    tell()
    return true
  }

  function close(): void {
    const container = containers.pop()
    if (!container) throw fail('misplaced-delimiter', 'a delimiter outside any sequence')
    encoding = container.outerEncoding
    if (container.kind === 'item') visitor.endItem?.()
    else visitor.endSequence?.()
  }

  function closeFinished(): void {
    for (
      let container = containers.at(-1);
      container?.endOffset !== undefined;
      container = containers.at(-1)
    ) {
      if (cursor.offset() < container.endOffset) return
      if (cursor.offset() > container.endOffset)
        throw fail('truncated', 'a value is longer than what holds it')
      close()
    }
  }

  function readDelimiter(tag: number): boolean {
    const length = cursor.peek32(4, encoding.isLittleEndian)
    const inside = containers.at(-1)?.kind
    cursor.skip(8)
    if (tag === itemTag && inside === 'sequence')
      return open('item', length === undefinedLength ? undefined : length, () => visitor.beginItem?.())
    const isEnd = (tag === itemEnd && inside === 'item') || (tag === sequenceEnd && inside === 'sequence')
    if (!isEnd) throw fail('misplaced-delimiter', 'an item or delimiter where none belongs')
    close()
    return true
  }

  function beginValue(header: ElementHeader, wish: Wish, next: State): boolean {
    if (wish === 'stop') return stop()
    remaining = header.length ?? 0
    filled = 0
    if (wish === 'keep' && remaining > limits.valueBytes)
      throw fail('value-too-long', `a value of ${remaining} bytes, allowed are ${limits.valueBytes}`)
    kept = undefined
    state = { kind: 'value', header, wish, next }
    return true
  }

  function readValue(value: Extract<State, { kind: 'value' }>): boolean {
    if (remaining > 0) {
      const piece = cursor.upTo(remaining)
      if (piece.length === 0) return false
      remaining -= piece.length
      if (value.wish === 'stream') visitor.piece?.(value.header, piece)
      else if (value.wish === 'keep') keep(piece, value.header.length ?? 0)
      if (remaining > 0) return false
    }
    if (value.wish === 'keep') giveKept(value.header)
    state = value.next
    return true
  }

  /** A value that is whole in one chunk is given as it lies; only one that is broken over chunks is copied together. */
  function keep(piece: Uint8Array, length: number): void {
    if (piece.length === length) {
      kept = piece
      return
    }
    kept ??= new Uint8Array(length)
    kept.set(piece, filled)
    filled += piece.length
  }

  function giveKept(header: ElementHeader): void {
    const bytes = kept ?? new Uint8Array(0)
    kept = undefined
    if (isMeta && header.tag === tags.TransferSyntaxUID) metaSyntaxUid = asciiText(bytes)
    visitor.value?.(header, bytes)
  }

  function readFragment(fragments: Extract<State, { kind: 'fragments' }>): boolean {
    if (!cursor.has(8)) return false
    const tag =
      cursor.peek16(0, encoding.isLittleEndian) * 0x10000 + cursor.peek16(2, encoding.isLittleEndian)
    const length = cursor.peek32(4, encoding.isLittleEndian)
    if (tag !== itemTag && tag !== sequenceEnd)
      throw fail('item-expected', 'pixel data hold no fragment here')
    cursor.skip(8)
    if (tag === sequenceEnd) {
      visitor.endFragments?.()
      state = { kind: 'element' }
      return true
    }
    if (length === undefinedLength) throw fail('misplaced-delimiter', 'a fragment of undefined length')
    const header = { ...fragments.header, length, valueOffset: cursor.offset() }
    visitor.fragment?.(header, fragments.index)
    return beginValue(header, visitor.wish(header), { ...fragments, index: fragments.index + 1 })
  }

  function beginDataset(): boolean {
    if (!metaSyntaxUid) throw fail('no-transfer-syntax', 'the meta header names no transfer syntax')
    syntax = transferSyntaxOf(metaSyntaxUid)
    if (!syntax) throw fail('unknown-transfer-syntax', 'the transfer syntax is not known')
    isMeta = false
    encoding = syntax
    datasetStart = cursor.offset()
    if (!syntax.isDeflated) return true
    const rest = cursor.upTo(cursor.available())
    startInflating()
    inflate(rest)
    return false
  }

  /** From here on offsets count inflated bytes from the start of the dataset. */
  function startInflating(): void {
    cursor = createCursor()
    inflater = new Inflate((inflated) => {
      inflatedBytes += inflated.length
      if (inflatedBytes > limits.inflatedBytes)
        throw fail('inflated-too-long', `the dataset inflates to more than ${limits.inflatedBytes} bytes`)
      cursor.push(inflated)
      run()
    })
  }

  function inflate(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length && state.kind !== 'stopped'; start += inflateStepBytes) {
      try {
        inflater?.push(chunk.subarray(start, start + inflateStepBytes))
      } catch (cause) {
        if (cause instanceof DicomError) throw cause
        throw new DicomError('bad-deflate', 'the deflated dataset cannot be inflated', { cause })
      }
    }
  }

  function stop(): boolean {
    state = { kind: 'stopped' }
    return false
  }

  function end(): void {
    if (state.kind === 'stopped') return
    if (state.kind === 'element') closeFinished()
    if (isMeta && metaSyntaxUid && state.kind === 'element' && cursor.available() === 0) beginDataset()
    const isWhole = state.kind === 'element' && cursor.available() === 0 && containers.length === 0
    if (!isWhole) throw fail('truncated', 'the stream ends inside an element')
    if (isMeta) throw fail('no-transfer-syntax', 'the file holds no dataset')
  }

  const fail = (code: ConstructorParameters<typeof DicomError>[0], message: string): DicomError =>
    new DicomError(code, message, { offset: cursor.offset() })

  return { write, end, transferSyntax: () => syntax, datasetOffset: () => datasetStart }
}

/** The text of bytes that hold ASCII (UIDs, codes), without padding. */
export function asciiText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 1024)).replace(/[\0 ]+$/, '')
}
