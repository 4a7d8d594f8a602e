/**
 * Where each frame lies: native frames by arithmetic (PS3.5 §8.1.1), encapsulated ones by extended or basic offset table
 * (PS3.3 C.7.6.3.1.8, PS3.5 §A.4), by one fragment a frame, or by the start markers of the codestreams.
 */
import type { Dataset, Place } from '../dataset.ts'
import { DicomError } from '../failure.ts'
import { tags } from '../generated/tags.ts'
import { bytesOf } from '../values.ts'
import { describePixels, frameBytes } from './description.ts'

/** Reads bytes of the (inflated) stream in which the dataset lies. */
export type ReadPlace = (place: Place) => Promise<Uint8Array>

/** The places that make up each frame, in order. */
export async function framePlaces(dataset: Dataset, read: ReadPlace): Promise<readonly (readonly Place[])[]> {
  const description = describePixels(dataset)
  const value = dataset.elements.get(tags.PixelData)?.value
  if (value?.kind === 'left')
    return nativeFrames(value.place, description.numberOfFrames, frameBytes(description))
  if (value?.kind !== 'fragments')
    throw new DicomError('no-pixel-data', 'the pixel data are not where they belong')
  const { places } = value
  if (description.numberOfFrames === 1) return [places]
  const table = tableOffsets(dataset, value.offsetTable)
  if (table.length === description.numberOfFrames) return byOffsets(places, table)
  if (places.length === description.numberOfFrames) return places.map((place) => [place])
  return byMarkers(places, description.numberOfFrames, read)
}

function nativeFrames(place: Place, frames: number, length: number): readonly (readonly Place[])[] {
  if (length * frames > place.length)
    throw new DicomError(
      'bad-pixel-data',
      `${frames} frames of ${length} bytes do not fit ${place.length} bytes`,
    )
  return Array.from({ length: frames }, (_, index) => [{ offset: place.offset + index * length, length }])
}

/** Offsets of the first fragment of each frame, counted from the first fragment's item. */
function tableOffsets(dataset: Dataset, basic: Uint8Array): readonly number[] {
  const extended = bytesOf(dataset, tags.ExtendedOffsetTable)
  if (extended) {
    const view = new DataView(extended.buffer, extended.byteOffset, extended.byteLength)
    return Array.from({ length: extended.length >> 3 }, (_, index) =>
      Number(view.getBigUint64(index * 8, true)),
    )
  }
  const view = new DataView(basic.buffer, basic.byteOffset, basic.byteLength)
  return Array.from({ length: basic.length >> 2 }, (_, index) => view.getUint32(index * 4, true))
}

const itemHeaderBytes = 8

function byOffsets(places: readonly Place[], offsets: readonly number[]): readonly (readonly Place[])[] {
  const first = (places[0]?.offset ?? 0) - itemHeaderBytes
  return offsets.map((offset, index) => {
    const start = first + offset
    const end = first + (offsets[index + 1] ?? Number.POSITIVE_INFINITY)
    const own = places.filter(
      (place) => place.offset - itemHeaderBytes >= start && place.offset - itemHeaderBytes < end,
    )
    if (own.length === 0) throw new DicomError('bad-pixel-data', 'an offset table points past the fragments')
    return own
  })
}

/** Without a table a fragment that begins a codestream begins a frame: JPEG and JPEG-LS FFD8, JPEG 2000 FF4F. */
async function byMarkers(
  places: readonly Place[],
  frames: number,
  read: ReadPlace,
): Promise<readonly (readonly Place[])[]> {
  const found: Place[][] = []
  for (const place of places) {
    const [first, second] = await read({ offset: place.offset, length: Math.min(2, place.length) })
    const isStart = first === 0xff && (second === 0xd8 || second === 0x4f)
    if (isStart || found.length === 0) found.push([place])
    else found.at(-1)?.push(place)
  }
  if (found.length !== frames)
    throw new DicomError('bad-pixel-data', `${found.length} frames found, ${frames} announced`)
  return found
}
