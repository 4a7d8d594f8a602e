/**
 * Where each object of the volumes stands: an open-addressed table of 28 bytes a slot, at most two thirds full
 * (42 to 84 bytes an object; a million objects take 42 to 84 MB less what JavaScript objects would add). The key is the
 * first 128 bits of the SHA-256; two objects that share them cannot be made on purpose (2⁶⁴ tries).
 */

/** `block` counts blocks of 4096 bytes from the beginning of the volume; `volume` is its number in this process. */
export type Place = { readonly volume: number; readonly block: number; readonly sizeBytes: number }

export interface PlaceIndex {
  find(digest: Uint8Array): Place | undefined
  /** A later place of the same object takes the place of the earlier. */
  set(digest: Uint8Array, place: Place): void
  /** The object is found no more until it is set again. */
  remove(digest: Uint8Array): void
  count(): number
}

/** Stands for the volume in a slot whose object was removed: its key still ends no search for others. */
const removed = 0xffffffff
const wordsPerSlot = 7
const keyWords = 4
// A young hospital's first hours; doubles as it fills.
const firstSlots = 4096

export function createPlaceIndex(): PlaceIndex {
  let slots = firstSlots
  let words = new Uint32Array(slots * wordsPerSlot)
  let count = 0

  /** The first word of the slot that holds the key, or of the empty one where it would stand. */
  function slotOf(key: Uint32Array): number {
    let slot = (key[0] ?? 0) % slots
    for (;;) {
      const at = slot * wordsPerSlot
      // A volume is stored as its number + 1, so that 0 is an empty slot.
      if (words[at + keyWords] === 0 || isAt(key, at)) return at
      slot = slot + 1 === slots ? 0 : slot + 1
    }
  }

  function isAt(key: Uint32Array, at: number): boolean {
    for (let word = 0; word < keyWords; word++) if (words[at + word] !== key[word]) return false
    return true
  }

  function grow(): void {
    const old = words
    slots *= 2
    words = new Uint32Array(slots * wordsPerSlot)
    for (let at = 0; at < old.length; at += wordsPerSlot) {
      if (old[at + keyWords] === 0) continue
      words.set(old.subarray(at, at + wordsPerSlot), slotOf(old.subarray(at, at + keyWords)))
    }
  }

  return {
    find(digest) {
      const at = slotOf(keyOf(digest))
      const [volume = 0, block = 0, sizeBytes = 0] = words.subarray(at + keyWords, at + wordsPerSlot)
      return volume === 0 || volume === removed ? undefined : { volume: volume - 1, block, sizeBytes }
    },
    set(digest, { volume, block, sizeBytes }) {
      const key = keyOf(digest)
      const at = slotOf(key)
      const isNew = words[at + keyWords] === 0
      words.set(key, at)
      words.set([volume + 1, block, sizeBytes], at + keyWords)
      if (isNew && ++count * 3 > slots * 2) grow()
    },
    remove(digest) {
      const at = slotOf(keyOf(digest))
      if (words[at + keyWords] !== 0) words[at + keyWords] = removed
    },
    count: () => count,
  }
}

function keyOf(digest: Uint8Array): Uint32Array {
  const view = new DataView(digest.buffer, digest.byteOffset, keyWords * 4)
  return Uint32Array.from({ length: keyWords }, (_, word) => view.getUint32(word * 4))
}
