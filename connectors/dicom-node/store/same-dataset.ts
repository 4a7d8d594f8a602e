/** Whether two stored files hold the same dataset, their meta headers aside (each sender's implementation writes its own). */
import type { ObjectHash, Objects } from '@xinglin/objects'

export type FilePlace = { readonly object: ObjectHash; readonly datasetOffset: number }

/** Compares the datasets as streams; false where one cannot be found. */
export async function isSameDataset(objects: Objects, one: FilePlace, other: FilePlace): Promise<boolean> {
  const [first, second] = await Promise.all([objects.get(one.object), objects.get(other.object)])
  if (!first || !second) return false
  if (first.sizeBytes - one.datasetOffset !== second.sizeBytes - other.datasetOffset) return false
  const left = after(first.bytes, one.datasetOffset)
  const right = after(second.bytes, other.datasetOffset)
  let a: Uint8Array = new Uint8Array(0)
  let b: Uint8Array = new Uint8Array(0)
  for (;;) {
    if (a.length === 0) a = (await left.next()).value ?? a
    if (b.length === 0) b = (await right.next()).value ?? b
    const length = Math.min(a.length, b.length)
    if (length === 0) return a.length === b.length
    if (Buffer.compare(a.subarray(0, length), b.subarray(0, length)) !== 0) return false
    a = a.subarray(length)
    b = b.subarray(length)
  }
}

async function* after(
  bytes: AsyncIterable<Uint8Array>,
  skipBytes: number,
): AsyncGenerator<Uint8Array, undefined> {
  let left = skipBytes
  for await (const piece of bytes) {
    const rest = piece.subarray(Math.min(left, piece.length))
    left -= piece.length - rest.length
    if (rest.length > 0) yield rest
  }
  return undefined
}
