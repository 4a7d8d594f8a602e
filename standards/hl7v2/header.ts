/**
 * MSH before the character set is known (v2.5.1 §2.14.9): enough to decode the rest, and to answer what cannot be parsed.
 * In GBK and GB 18030 a second byte may look like a delimiter, so the header is tried as single bytes, then as GB 18030.
 */
import { type CharacterSet, characterSet, decodeStrictly, defaultCharacterSet } from './charset.ts'
import { Hl7Error } from './failure.ts'

/** A header line longer than this is no header; real ones are under 400 bytes. */
const longestHeaderBytes = 8192

/** Fields of MSH as they are written, by field number; empty where nothing could be read. */
export type RawHeader = { readonly fields: readonly string[]; readonly fieldSeparator: string }

export type Decoded = { readonly text: string; readonly set: CharacterSet }

/**
 * The text of a message in the set that MSH-18 names, or `fallback` where MSH-18 is empty. Throws `Hl7Error` at MSH-18
 * for a set that is not supported, and for bytes that the set does not have.
 */
export function decodeMessage(bytes: Uint8Array, fallback: CharacterSet = defaultCharacterSet): Decoded {
  const set = declaredSet(bytes) ?? fallback
  const text = decodeStrictly(bytes, set)
  if (text === undefined) {
    throw new Hl7Error('dataType', `the message has bytes that are not ${set.name}, which MSH-18 says`, {
      location: { segment: 'MSH', field: 18 },
    })
  }
  return { text, set }
}

/** What of MSH can be read from bytes that may be broken; for the answer to them. */
export function salvageHeader(bytes: Uint8Array): RawHeader {
  const line = headerLine(bytes)
  const text = [() => decodeStrictly(line, utf8), () => decodeStrictly(line, gb18030), () => latin1(line)]
    .values()
    .map((decode) => decode())
    .find((candidate) => candidate?.startsWith('MSH'))
  return text === undefined ? { fields: [], fieldSeparator: '|' } : rawHeader(text)
}

function declaredSet(bytes: Uint8Array): CharacterSet | undefined {
  const line = headerLine(bytes)
  let isSilent = true
  for (const decode of [latin1, (bytes: Uint8Array) => decodeStrictly(bytes, gb18030)]) {
    const text = decode(line)
    const name = text?.startsWith('MSH') ? setName(rawHeader(text)) : ''
    const set = characterSet(name)
    if (set) return set
    if (name !== '') isSilent = false
  }
  if (isSilent) return undefined
  throw new Hl7Error('tableValueNotFound', 'MSH-18 names a character set that is not supported', {
    location: { segment: 'MSH', field: 18 },
  })
}

function setName(header: RawHeader): string {
  const repetition = header.fields[2]?.charAt(1) || '~'
  const component = header.fields[2]?.charAt(0) || '^'
  return header.fields[18]?.split(repetition, 1)[0]?.split(component, 1)[0]?.trim() ?? ''
}

/** `fields[n]` is MSH-n; MSH-1 is the separator itself. */
function rawHeader(text: string): RawHeader {
  const fieldSeparator = text.charAt(3)
  if (fieldSeparator === '') return { fields: [], fieldSeparator: '|' }
  return { fields: ['MSH', fieldSeparator, ...text.slice(4).split(fieldSeparator)], fieldSeparator }
}

function headerLine(bytes: Uint8Array): Buffer {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, longestHeaderBytes))
  const start = head.indexOf('MSH')
  const ends = [head.indexOf(0x0d), head.indexOf(0x0a)].filter((end) => end > start)
  return head.subarray(Math.max(0, start), ends.length > 0 ? Math.min(...ends) : head.byteLength)
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1')
}

const utf8: CharacterSet = defaultCharacterSet
const gb18030: CharacterSet = { name: 'GB 18030-2000', label: 'gb18030' }
