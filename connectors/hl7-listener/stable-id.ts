/** Logical ids that follow from what a thing is, so that whoever meets it first, in any process, makes the same one. */
import { createHash } from 'node:crypto'

/**
 * An id in the form of a UUID (RFC 9562 §5.8, version 8) from the parts that make a thing the same. Parts are ids and
 * codes, never numbers of people: whoever knows the parts can compute the id.
 */
export function stableId(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-')
}
