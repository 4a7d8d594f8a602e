/**
 * Names for statements that are put together at run time, as searches are, and come again: PostgreSQL then keeps their
 * plan (PostgreSQL 18, PREPARE). Reading and planning them anew took 0.1 to 0.8 ms, running them 0.05 to 0.3 (Synthea,
 * 14,000 resources).
 */
import { createHash } from 'node:crypto'

/** A plan of a search takes 50 to 100 kB in each connection that has used it: 20 MB at most. */
const mostNamed = 200
/** Texts whose coming again is watched; with 4 kB each 8 MB at most. */
const mostWatched = 2_000
/** A text that came so often is likely to come again. */
const namedAtTime = 3

const named = new Map<string, string>()
const watched = new Map<string, number>()

/** The name under which connections prepare a text; undefined for one that is new or for which there is no room. */
export function nameOfRepeated(text: string): string | undefined {
  const known = named.get(text)
  if (known !== undefined || named.size >= mostNamed) return known
  const times = (watched.get(text) ?? 0) + 1
  // Taken out and put in again: the one that was not asked for the longest is forgotten first.
  watched.delete(text)
  if (times < namedAtTime) {
    if (watched.size >= mostWatched) watched.delete(watched.keys().next().value ?? text)
    watched.set(text, times)
    return undefined
  }
  const name = nameOf(text)
  named.set(text, name)
  return name
}

/** Within the 63 bytes of an identifier; no two texts share one. */
export function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
