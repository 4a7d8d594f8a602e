/**
 * HL7 table 0211 alternate character sets, as MSH-18 names them (v2.5.1 §2.14.9.18), and their strict reading.
 * One set for a whole message: switching inside a field (MSH-20, ISO 2022) is not supported.
 */
import iconv from 'iconv-lite'
import { Hl7Error } from './failure.ts'

/** How the platform names a set; `label` is what the decoder calls it. */
export type CharacterSet = {
  readonly name: string
  readonly label: string
}

const utf8 = { name: 'UNICODE UTF-8', label: 'utf-8' }
const gb18030 = { name: 'GB 18030-2000', label: 'gb18030' }
const gbk = { name: 'GBK', label: 'gbk' }
const ascii = { name: 'ASCII', label: 'ascii' }
const latin = (part: number) => ({ name: `8859/${part}`, label: `iso-8859-${part}` })

/** MSH-18 as written (upper case, without spaces, dashes and underscores) → set. Table 0211, and what senders write instead. */
const sets: ReadonlyMap<string, CharacterSet> = new Map([
  ['ASCII', ascii],
  ['USASCII', ascii],
  ['UNICODEUTF8', utf8],
  ['UTF8', utf8],
  ['GB18030', gb18030],
  ['GB180302000', gb18030],
  ['GB180302005', gb18030],
  ['GB180302022', gb18030],
  ['GBK', gbk],
  ['CP936', gbk],
  ['GB2312', gbk],
  ['GB231280', gbk],
  ...[1, 2, 3, 4, 5, 6, 7, 8, 15].flatMap((part) =>
    [`8859/${part}`, `8859${part}`, `ISO8859/${part}`, `ISO8859${part}`].map(
      (name): [string, CharacterSet] => [name, latin(part)],
    ),
  ),
])

/** The set that MSH-18 names; undefined where it is not supported. */
export function characterSet(name: string): CharacterSet | undefined {
  return sets.get(name.trim().toUpperCase().replaceAll(/[ _-]/g, ''))
}

/** Set for a message without MSH-18: UTF-8 holds the ASCII that §2.14.9.18 then asks for. */
export const defaultCharacterSet: CharacterSet = utf8

const decoders = new Map<string, InstanceType<typeof TextDecoder>>()

/** The text of bytes; undefined where a byte sequence does not exist in the set. Nothing is replaced or guessed. */
export function decodeStrictly(bytes: Uint8Array, set: CharacterSet): string | undefined {
  if (set.label === 'ascii') return isAscii(bytes) ? asBuffer(bytes).toString('latin1') : undefined
  // 8859-1 of the standard, byte = code point; the WHATWG decoder of that name is windows-1252.
  if (set.label === 'iso-8859-1') return asBuffer(bytes).toString('latin1')
  let decoder = decoders.get(set.label)
  if (!decoder) {
    decoder = new TextDecoder(set.label, { fatal: true, ignoreBOM: true })
    decoders.set(set.label, decoder)
  }
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    if (cause instanceof TypeError) return undefined
    throw cause
  }
}

/** The bytes of text; throws where a character does not exist in the set. */
export function encodeText(text: string, set: CharacterSet): Uint8Array {
  if (set.label === 'utf-8') return Buffer.from(text, 'utf8')
  const bytes = set.label === 'ascii' ? Buffer.from(text, 'latin1') : iconv.encode(text, set.label)
  if (decodeStrictly(bytes, set) !== text) {
    throw new Hl7Error('dataType', `the text has characters that ${set.name} does not have`, {
      location: { segment: 'MSH', field: 18 },
    })
  }
  return bytes
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80)
}
