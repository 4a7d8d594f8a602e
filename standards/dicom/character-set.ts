/**
 * PS3.5 §6.1.2 and PS3.3 C.12.1.1.2: Specific Character Set, single byte, ISO 2022 code extensions, UTF-8, GB18030, GBK.
 * Escapes are read; text is written in UTF-8 or GB18030 only.
 */
import iconv from 'iconv-lite'

/** One code element: how bytes of its run become text. */
type CodeElement = {
  readonly encoding: string
  readonly side: 'g0' | 'g1'
  readonly form?: 'jis0208' | 'jis0212'
}

/** Defined terms without and with code extensions (tables C.12-2 to C.12-4) by the registration number. */
const singleByte: Readonly<Record<string, string>> = {
  '100': 'iso-8859-1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'iso-8859-9',
  '203': 'iso-8859-15',
  '166': 'tis620',
  '13': 'shift_jis',
}
const doubleByteG1: Readonly<Record<string, string>> = { '149': 'euc-kr', '58': 'gbk' }
const whole: Readonly<Record<string, string>> = { 'ISO_IR 192': 'utf8', GB18030: 'gb18030', GBK: 'gbk' }

/** Escape sequences (tables C.12-3 and C.12-4), without the ESC itself. */
const escapes: readonly (readonly [sequence: string, element: CodeElement])[] = [
  ['(B', { encoding: 'ascii', side: 'g0' }],
  ['(J', { encoding: 'shift_jis', side: 'g0' }],
  [')I', { encoding: 'shift_jis', side: 'g1' }],
  ['-A', { encoding: 'iso-8859-1', side: 'g1' }],
  ['-B', { encoding: 'iso-8859-2', side: 'g1' }],
  ['-C', { encoding: 'iso-8859-3', side: 'g1' }],
  ['-D', { encoding: 'iso-8859-4', side: 'g1' }],
  ['-L', { encoding: 'iso-8859-5', side: 'g1' }],
  ['-G', { encoding: 'iso-8859-6', side: 'g1' }],
  ['-F', { encoding: 'iso-8859-7', side: 'g1' }],
  ['-H', { encoding: 'iso-8859-8', side: 'g1' }],
  ['-M', { encoding: 'iso-8859-9', side: 'g1' }],
  ['-b', { encoding: 'iso-8859-15', side: 'g1' }],
  ['-T', { encoding: 'tis620', side: 'g1' }],
  ['$B', { encoding: 'euc-jp', side: 'g0', form: 'jis0208' }],
  ['$(D', { encoding: 'euc-jp', side: 'g0', form: 'jis0212' }],
  ['$)C', { encoding: 'euc-kr', side: 'g1' }],
  ['$)A', { encoding: 'gbk', side: 'g1' }],
]

/** How the text of a dataset is to be read. */
export type CharacterSet =
  | { readonly kind: 'whole'; readonly encoding: string }
  | { readonly kind: 'extended'; readonly g1: CodeElement | undefined }

export const defaultCharacterSet: CharacterSet = { kind: 'extended', g1: undefined }

/**
 * The character set of the values of (0008,0005). Unknown terms are read as UTF-8 where the bytes are UTF-8, else
 * as ISO 8859-1: devices that write `ISO_IR 6` and send Chinese are common, and mojibake is worse than leniency.
 */
export function characterSetOf(terms: readonly string[]): CharacterSet {
  const first = terms[0]?.trim() ?? ''
  const entire = terms.map((term) => whole[term.trim()]).find((encoding) => encoding !== undefined)
  if (entire) return { kind: 'whole', encoding: entire }
  const number = /(?:ISO_IR|ISO 2022 IR) (\d+)/.exec(first)?.[1] ?? ''
  const encoding = singleByte[number] ?? doubleByteG1[number]
  return { kind: 'extended', g1: encoding ? { encoding, side: 'g1' } : undefined }
}

/** Characters before which every code extension must have been switched off (PS3.5 §6.1.2.5.3). */
const resets = { text: '\\\r\n\f\t', name: '\\\r\n\f\t^=' }

/** The text of a value; `kind` says whether `^` and `=` are delimiters too. Bytes that fit nothing become U+FFFD. */
export function decodeText(bytes: Uint8Array, set: CharacterSet, kind: keyof typeof resets = 'text'): string {
  if (isAscii(bytes)) return latin(bytes)
  if (set.kind === 'whole') return iconv.decode(Buffer.from(bytes), set.encoding)
  if (!set.g1 && !bytes.includes(0x1b)) return undeclared(bytes)
  return decodeExtended(bytes, set.g1, resets[kind])
}

function undeclared(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(bytes)
  return text.includes('\ufffd') ? iconv.decode(Buffer.from(bytes), 'iso-8859-1') : text
}

function decodeExtended(bytes: Uint8Array, initial: CodeElement | undefined, delimiters: string): string {
  let g0: CodeElement | undefined
  let g1 = initial
  let text = ''
  let start = 0
  const flush = (end: number): void => {
    if (end > start) text += decodeRun(bytes.subarray(start, end), g0, g1)
  }
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    if (byte === 0x1b) {
      flush(index)
      const found = escapes.find(
        ([sequence]) => latin(bytes.subarray(index + 1, index + 1 + sequence.length)) === sequence,
      )
      if (found?.[1].side === 'g0') g0 = found[1].encoding === 'ascii' ? undefined : found[1]
      else if (found) g1 = found[1]
      index += found?.[0].length ?? 0
      start = index + 1
    } else if (!g0?.form && byte < 0x80 && delimiters.includes(String.fromCharCode(byte))) {
      flush(index)
      text += String.fromCharCode(byte)
      g0 = undefined
      g1 = initial
      start = index + 1
    }
  }
  flush(bytes.length)
  return text
}

function decodeRun(bytes: Uint8Array, g0: CodeElement | undefined, g1: CodeElement | undefined): string {
  if (g0?.form) return iconv.decode(jisToEuc(bytes, g0.form), 'euc-jp')
  return iconv.decode(Buffer.from(bytes), g1?.encoding ?? g0?.encoding ?? 'iso-8859-1')
}

/** JIS X 0208 and 0212 in seven bits are EUC-JP without the high bits, and without the single shift of 0212. */
function jisToEuc(bytes: Uint8Array, form: 'jis0208' | 'jis0212'): Buffer {
  const out: number[] = []
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    if (form === 'jis0212') out.push(0x8f)
    out.push((bytes[index] ?? 0) | 0x80, (bytes[index + 1] ?? 0) | 0x80)
  }
  return Buffer.from(out)
}

/** The bytes of a text in UTF-8 (`ISO_IR 192`) or GB18030. */
export function encodeText(text: string, term: 'ISO_IR 192' | 'GB18030'): Uint8Array {
  return iconv.encode(text, term === 'GB18030' ? 'gb18030' : 'utf8')
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80 || byte === 0x1b) return false
  return true
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
