/** ITU-T X.690 DER, as much as time stamps need: definite lengths, one-byte tags, numbers as bytes. */

export type DerNode = {
  readonly tag: number
  /** Contents without tag and length. */
  readonly content: Buffer
  /** Tag, length and contents. */
  readonly whole: Buffer
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const

/** The values that stand one after the other; undefined where the bytes are no DER. */
export function derNodes(bytes: Buffer): readonly DerNode[] | undefined {
  const nodes: DerNode[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const node = nodeAt(bytes, offset)
    if (!node) return undefined
    nodes.push(node)
    offset += node.whole.length
  }
  return nodes
}

function nodeAt(bytes: Buffer, offset: number): DerNode | undefined {
  const tag = bytes[offset]
  const first = bytes[offset + 1]
  if (tag === undefined || first === undefined) return undefined
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  // Four bytes of length are more than any message that is read here.
  if (first === 0x80 || lengthBytes > 4 || offset + 2 + lengthBytes > bytes.length) return undefined
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(offset + 2, lengthBytes)
  const start = offset + 2 + lengthBytes
  const end = start + length
  if (end > bytes.length) return undefined
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(offset, end) }
}

/** One value of these contents. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  const needed = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.of(0x80 | needed.length), needed])
}

/** A positive number of these bytes, as short as §8.3.2 demands; without any byte it is nothing that may be sent. */
export function derInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const short = bytes.subarray(first === -1 ? bytes.length - 1 : first)
  const isNegative = (short[0] ?? 0) >= 0x80
  return der(tags.integer, ...(isNegative ? [Buffer.of(0), short] : [short]))
}
