/** Raw bytes for the eye: text in the character set of the message, hexadecimal where they are none. */
import { characterSet, decodeStrictly, defaultCharacterSet } from '@xinglin/hl7v2'
import type { Message } from '@xinglin/traffic'
import type { MessageAnswer } from '../contract.ts'

/** A drawer shows this much; the whole stays in the journal. */
const mostTextBytes = 256 * 1024
const mostHexadecimalBytes = 4 * 1024

/** The beginning of the raw bytes, as text where they are text. */
export function readableRaw({ charset }: Pick<Message, 'charset'>, bytes: Uint8Array): MessageAnswer['raw'] {
  const set = characterSet(charset ?? '') ?? defaultCharacterSet
  const isCut = bytes.byteLength > mostTextBytes
  const text = decodeStart(bytes, (part) => decodeStrictly(part, set))
  if (text !== undefined) return { kind: 'text', content: text, isCut }
  return {
    kind: 'hexadecimal',
    content: hexadecimal(bytes.subarray(0, mostHexadecimalBytes)),
    isCut: bytes.byteLength > mostHexadecimalBytes,
  }
}

/** A cut may fall inside a character of up to four bytes: then a few bytes less are text. */
function decodeStart(
  bytes: Uint8Array,
  decode: (part: Uint8Array) => string | undefined,
): string | undefined {
  const length = Math.min(bytes.byteLength, mostTextBytes)
  const shortest = length === bytes.byteLength ? length : length - 3
  for (let end = length; end >= shortest; end--) {
    const text = decode(bytes.subarray(0, end))
    if (text !== undefined) return text
  }
  return undefined
}

/** `00000010  4d 53 48 7c …  MSH|…`, sixteen bytes a line. */
function hexadecimal(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let offset = 0; offset < bytes.byteLength; offset += 16) {
    const part = bytes.subarray(offset, offset + 16)
    const digits = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = Array.from(part, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·',
    ).join('')
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${digits.padEnd(47)}  ${text}`)
  }
  return lines.join('\n')
}
