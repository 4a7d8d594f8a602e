/**
 * POSIX.1-1988 ustar with the long names of pax and GNU: a stream of bytes as its entries. Nothing is written anywhere; an
 * entry that is not wanted is passed over without being kept. Does not know links, devices or sparse files: they are skipped.
 */
import { invalid, tooLarge } from '@xinglin/fhir'
import { deepestEntry, longestName, mostEntries, mostEntryBytes, mostUnpackedBytes } from './limits.ts'

const block = 512

export type TarEntry = { readonly name: string; readonly bytes: Uint8Array }

/** The regular files that are wanted, in their order. Throws `invalid` for what is no tar, `tooLarge` beyond the limits. */
export async function* readTar(
  stream: AsyncIterable<Uint8Array>,
  isWanted: (name: string) => boolean,
): AsyncGenerator<TarEntry> {
  const input = createInput(stream)
  let entries = 0
  let longName: string | undefined
  for (let header = await input.take(block); header !== undefined; header = await input.take(block)) {
    if (header.every((byte) => byte === 0)) return
    if (++entries > mostEntries) throw tooBig(`a package may have ${mostEntries} entries`)
    const { name: shortName, size, kind } = headerOf(header)
    if (size > mostUnpackedBytes) throw tooBig(`a package may unpack to ${mostUnpackedBytes} bytes`)
    const padded = Math.ceil(size / block) * block
    if (kind === 'L' || kind === 'x') {
      const text = textOf((await input.need(padded, size)).subarray(0, size))
      longName = kind === 'L' ? text : (paxPath(text) ?? longName)
      continue
    }
    const name = longName ?? shortName
    longName = undefined
    refuseName(name)
    if (kind !== '0' || !isWanted(name)) await input.skip(padded)
    else yield { name, bytes: (await input.need(padded, size)).subarray(0, size) }
  }
}

function headerOf(header: Uint8Array): { name: string; size: number; kind: string } {
  const field = (start: number, length: number) =>
    textOf(header.subarray(start, start + length)).replace(/\0.*$/s, '')
  const size = Number.parseInt(field(124, 12).trim() || '0', 8)
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0)
  if (Number.isNaN(size) || size < 0 || sum !== Number.parseInt(field(148, 8).trim(), 8))
    throw noPackage('it is no tar')
  const prefix = field(345, 155)
  const isUstar = field(257, 5) === 'ustar'
  const name = isUstar && prefix !== '' ? `${prefix}/${field(0, 100)}` : field(0, 100)
  const kind = String.fromCharCode(header[156] ?? 0)
  return { name, size, kind: kind === '\0' ? '0' : kind }
}

/** POSIX pax: records `length key=value`. */
function paxPath(text: string): string | undefined {
  return /^\d+ path=(.*)$/m.exec(text)?.[1]
}

/** Names are only compared, never opened; one that climbs is refused all the same, because the package is not honest. */
function refuseName(name: string): void {
  const parts = name.split('/')
  const isClimbing = name.startsWith('/') || name.includes('\\') || parts.includes('..')
  if (isClimbing || name.length > longestName || parts.length > deepestEntry)
    throw noPackage('an entry has a name that leads out of the package or is too long')
}

type Input = {
  /** So many bytes; undefined at the end of the stream. */
  take(length: number): Promise<Uint8Array | undefined>
  /** So many bytes of an entry of `size`; throws where the stream ends before. */
  need(length: number, size: number): Promise<Uint8Array>
  skip(length: number): Promise<void>
}

function createInput(stream: AsyncIterable<Uint8Array>): Input {
  const chunks = stream[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array(0)
  let total = 0

  const more = async (): Promise<Uint8Array | undefined> => {
    const { value, done } = await chunks.next()
    if (done === true) return undefined
    total += value.length
    if (total > mostUnpackedBytes) throw tooBig(`a package may unpack to ${mostUnpackedBytes} bytes`)
    return value
  }
  const take = async (length: number): Promise<Uint8Array | undefined> => {
    const parts: Uint8Array[] = []
    let missing = length
    while (missing > 0) {
      const next = held.length > 0 ? held : await more()
      if (next === undefined) return undefined
      parts.push(next.subarray(0, missing))
      held = next.subarray(Math.min(missing, next.length))
      missing -= Math.min(missing, next.length)
    }
    return Buffer.concat(parts)
  }
  return {
    take,
    async need(length, size) {
      if (size > mostEntryBytes) throw tooBig(`an entry of a package may have ${mostEntryBytes} bytes`)
      const bytes = await take(length)
      if (!bytes) throw noPackage('it ends in the middle of an entry')
      return bytes
    },
    async skip(length) {
      for (let missing = length; missing > 0; ) {
        const next = held.length > 0 ? held : await more()
        if (next === undefined) throw noPackage('it ends in the middle of an entry')
        held = next.subarray(Math.min(missing, next.length))
        missing -= Math.min(missing, next.length)
      }
    },
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

/** The refusal of what is no FHIR package. */
export function noPackage(reason: string, cause?: unknown) {
  return invalid(`this is no FHIR package: ${reason}`, { code: 'profiles.no-package', cause })
}

/** The refusal of what is too large for one. */
export function tooBig(limit: string) {
  return tooLarge(limit, { code: 'profiles.too-large' })
}
