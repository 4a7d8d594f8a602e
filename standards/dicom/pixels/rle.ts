/** PS3.5 annex G: RLE Lossless. Byte planes, most significant first, become little-endian samples pixel by pixel. */
import { DicomError } from '../failure.ts'
import type { PixelDescription } from './description.ts'

const headerBytes = 64
const maxSegments = 15

/** The native bytes of one frame, samples of a pixel together. Throws `bad-pixel-data`. */
export function decodeRle(encoded: Uint8Array, description: PixelDescription): Uint8Array {
  const { rows, columns, samplesPerPixel, bitsAllocated } = description
  const bytesPerSample = bitsAllocated >> 3
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  const segments = encoded.length >= headerBytes ? view.getUint32(0, true) : 0
  if (segments !== bytesPerSample * samplesPerPixel || segments > maxSegments)
    throw new DicomError(
      'bad-pixel-data',
      `${segments} RLE segments where ${bytesPerSample * samplesPerPixel} belong`,
    )
  const pixels = rows * columns
  const decoded = new Uint8Array(pixels * segments)
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + segment * 4, true)
    const end = segment + 1 < segments ? view.getUint32(8 + segment * 4, true) : encoded.length
    const sample = Math.floor(segment / bytesPerSample)
    const byte = bytesPerSample - 1 - (segment % bytesPerSample)
    unpack(encoded.subarray(start, end), decoded, {
      offset: sample * bytesPerSample + byte,
      stride: segments,
      count: pixels,
    })
  }
  return decoded
}

type Target = { readonly offset: number; readonly stride: number; readonly count: number }

/** PackBits (§G.3.2); what a segment leaves out stays zero. */
function unpack(segment: Uint8Array, target: Uint8Array, { offset, stride, count }: Target): void {
  let at = offset
  let left = count
  for (let index = 0; index < segment.length && left > 0; ) {
    const control = segment[index++] ?? 128
    if (control === 128) continue
    const isLiteral = control < 128
    const run = Math.min(isLiteral ? control + 1 : 257 - control, left)
    for (let step = 0; step < run; step++) {
      target[at] = segment[isLiteral ? index + step : index] ?? 0
      at += stride
    }
    index += isLiteral ? control + 1 : 1
    left -= run
  }
}
