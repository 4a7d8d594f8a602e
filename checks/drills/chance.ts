/** A seeded stream of hostile bytes: the same list on every machine. */
import { createHash } from 'node:crypto'

/** `length` bytes that depend on `seed` alone. */
export function randomBytes(seed: string, length: number): Buffer {
  const parts: Buffer[] = []
  for (let block = 0; block * 64 < length; block++)
    parts.push(createHash('sha512').update(`${seed}/${block}`).digest())
  return Buffer.concat(parts).subarray(0, length)
}

/** The places at which `count` cuts of a text of `length` fall, spread evenly, never at either end. */
export function cuts(length: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => 1 + Math.floor(((index + 0.5) * (length - 2)) / count))
}

/** `count` values made by index. */
export function times<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}
