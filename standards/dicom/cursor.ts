/** The bytes that have arrived and the place that the reader has reached. Bounds are checked here and nowhere else. */

const nothing = new Uint8Array(0)

export interface Cursor {
  /** Adds bytes; what was left over (headers only, at most 12 bytes) is joined in front. */
  push(chunk: Uint8Array): void
  /** Copies what is left over, so that the memory of the chunk may be used again. */
  letGo(): void
  /** Bytes that can be read now. */
  available(): number
  /** Position in the whole stream of the next byte. */
  offset(): number
  /** Whether `length` bytes are here. */
  has(length: number): boolean
  /** An unsigned integer `ahead` bytes after the position, without moving. The caller has asked `has` before. */
  peek16(ahead: number, isLittleEndian: boolean): number
  peek32(ahead: number, isLittleEndian: boolean): number
  /** Two characters `ahead` bytes after the position. */
  peekVr(ahead: number): string
  skip(length: number): void
  /** At most `length` of the bytes that are here, not copied. */
  upTo(length: number): Uint8Array
}

/** A cursor at the start of a stream. */
export function createCursor(): Cursor {
  let bytes: Uint8Array = nothing
  let position = 0
  let base = 0
  const at = (index: number): number => bytes[position + index] ?? 0
  const cursor: Cursor = {
    push(chunk) {
      const rest = bytes.subarray(position)
      base += position
      position = 0
      bytes = rest.length === 0 ? chunk : joined(rest, chunk)
    },
    letGo() {
      base += position
      bytes = position === bytes.length ? nothing : new Uint8Array(bytes.subarray(position))
      position = 0
    },
    available: () => bytes.length - position,
    offset: () => base + position,
    has: (length) => bytes.length - position >= length,
    peek16: (ahead, isLittleEndian) =>
      isLittleEndian ? at(ahead) | (at(ahead + 1) << 8) : (at(ahead) << 8) | at(ahead + 1),
    peek32: (ahead, isLittleEndian) => {
      const low = cursor.peek16(isLittleEndian ? ahead : ahead + 2, isLittleEndian)
      const high = cursor.peek16(isLittleEndian ? ahead + 2 : ahead, isLittleEndian)
      return high * 0x10000 + low
    },
    peekVr: (ahead) => String.fromCharCode(at(ahead), at(ahead + 1)),
    skip: (length) => {
      position += length
    },
    upTo: (length) => {
      const taken = bytes.subarray(position, position + length)
      position += taken.length
      return taken
    },
  }
  return cursor
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
