/** Random secrets and their digests. 256 bits are beyond guessing, so one SHA-256 without salt is enough to store. */
import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

/** A secret of 256 bits, base64url, 43 characters. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** SHA-256 of a text. */
export function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

/** Compares two digests of equal length in constant time. */
export function isSameDigest(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Letters and digits that nobody confuses when reading a slip of paper. */
const legible = { upper: 'ABCDEFGHJKLMNPQRSTUVWXYZ', lower: 'abcdefghjkmnpqrstuvwxyz', digit: '23456789' }

/** A one-time password such as `Kd7r-mP4x-Qa9t-Zw3n`: 16 legible characters, at least 87 bits, keeps every password rule. */
export function oneTimePassword(): string {
  const group = () => [
    pick(legible.upper),
    pick(legible.lower),
    pick(legible.digit),
    pick(legible.lower + legible.upper),
  ]
  return Array.from({ length: 4 }, () => group().join('')).join('-')
}

function pick(from: string): string {
  return from.charAt(randomInt(from.length))
}
