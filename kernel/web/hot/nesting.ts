/** RFC 8259 §9: a parser may limit nesting. One pass over the bytes before anything is built from them. */

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const openBracket = 0x5b
const closeBrace = 0x7d
const closeBracket = 0x5d

/** Whether arrays and objects of UTF-8 JSON text are nested deeper than `maxDepth`; stops at the first that is. */
export function isNestedDeeper(bytes: Uint8Array, maxDepth: number): boolean {
  let depth = 0
  for (let offset = 0; offset < bytes.length; offset++) {
    const byte = bytes[offset]
    if (byte === quote) offset = endOfString(bytes, offset + 1)
    else if (byte === openBrace || byte === openBracket) {
      depth++
      if (depth > maxDepth) return true
    } else if (byte === closeBrace || byte === closeBracket) depth--
  }
  return false
}

function endOfString(bytes: Uint8Array, startOffset: number): number {
  for (let offset = startOffset; offset < bytes.length; offset++) {
    const byte = bytes[offset]
    if (byte === quote) return offset
    if (byte === backslash) offset++
  }
  return bytes.length
}
