/**
 * A native frame as 8-bit pixels for the eye: modality rescale (PS3.3 C.11.1), window (C.11.2.1.2), MONOCHROME1 and 2,
 * RGB, YBR_FULL and _422 (C.7.6.3.1.2), palette (C.7.9). VOI and modality LUT sequences and overlays are not applied.
 */
import { DicomError } from '../failure.ts'
import type { NativeFrame } from './decode.ts'
import type { Presentation, Window } from './description.ts'
import type { Palette } from './palette.ts'
import { sampleReader } from './samples.ts'

export type RenderOptions = {
  readonly presentation: Presentation
  /** Instead of the one that the instance proposes. */
  readonly window?: Window
  readonly palette?: Palette
}
/** Three bytes a pixel for colour, one for grey. */
export type Rendered = {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly pixels: Uint8Array
}

/** The frame as 8-bit grey or RGB. Throws `unsupported-pixels`. */
export function renderFrame(frame: NativeFrame, options: RenderOptions): Rendered {
  const { description } = frame
  const size = { width: description.columns, height: description.rows }
  switch (description.photometric) {
    case 'MONOCHROME1':
    case 'MONOCHROME2':
      return { ...size, channels: 1, pixels: grey(frame, options) }
    case 'PALETTE COLOR':
      return { ...size, channels: 3, pixels: paletted(frame, options.palette) }
    case 'RGB':
      return { ...size, channels: 3, pixels: colour(frame) }
    case 'YBR_FULL':
      return { ...size, channels: 3, pixels: ybrToRgb(colour(frame)) }
    case 'YBR_FULL_422':
      return { ...size, channels: 3, pixels: ybrToRgb(fullFrom422(frame)) }
    case 'OTHER':
      throw new DicomError('unsupported-pixels', 'this photometric interpretation is not rendered')
  }
}

function grey(frame: NativeFrame, { presentation, window }: RenderOptions): Uint8Array {
  const { description } = frame
  const read = sampleReader(frame)
  const count = description.rows * description.columns
  const chosen = window ?? presentation.window ?? fullRange(read, count, presentation)
  const isInverted = description.photometric === 'MONOCHROME1'
  const toByte = (stored: number): number => {
    const byte = windowed(stored * presentation.rescaleSlope + presentation.rescaleIntercept, chosen)
    return isInverted ? 255 - byte : byte
  }
  // Values of up to 16 bits are looked up: a 512 × 512 slice has 262,144 pixels but some 4,000 values.
  const table = description.bitsAllocated <= 16 ? new Int16Array(65_536).fill(-1) : undefined
  const pixels = new Uint8Array(count)
  for (let index = 0; index < count; index++) {
    const stored = read(index)
    if (!table) pixels[index] = toByte(stored)
    else {
      const known = table[stored & 0xffff] ?? -1
      const byte = known >= 0 ? known : toByte(stored)
      table[stored & 0xffff] = byte
      pixels[index] = byte
    }
  }
  return pixels
}

/** PS3.3 C.11.2.1.2 and C.11.2.1.3: the byte of a modality value in a window. */
export function windowed(value: number, { center, width, function: shape }: Window): number {
  if (shape === 'SIGMOID') return Math.round(255 / (1 + Math.exp((-4 * (value - center)) / width)))
  const isExact = shape === 'LINEAR_EXACT'
  const middle = isExact ? center : center - 0.5
  const span = isExact ? width : width - 1
  if (value <= middle - span / 2) return 0
  if (value > middle + span / 2) return 255
  return Math.round(((value - middle) / span + 0.5) * 255)
}

function fullRange(read: (index: number) => number, count: number, presentation: Presentation): Window {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (let index = 0; index < count; index++) {
    const value = read(index)
    if (value < lowest) lowest = value
    if (value > highest) highest = value
  }
  const { rescaleSlope, rescaleIntercept } = presentation
  const width = Math.max(1, Math.abs(highest - lowest) * Math.abs(rescaleSlope))
  return {
    center: ((lowest + highest) / 2) * rescaleSlope + rescaleIntercept,
    width,
    function: 'LINEAR_EXACT',
  }
}

/** Samples of three components as interleaved bytes; deeper ones keep their high byte. */
function colour(frame: NativeFrame): Uint8Array {
  const { description } = frame
  const read = sampleReader(frame)
  const count = description.rows * description.columns
  const shift = Math.max(0, description.bitsStored - 8)
  const pixels = new Uint8Array(count * 3)
  for (let pixel = 0; pixel < count; pixel++)
    for (let sample = 0; sample < 3; sample++) {
      const from = description.isPlanar ? sample * count + pixel : pixel * 3 + sample
      pixels[pixel * 3 + sample] = read(from) >>> shift
    }
  return pixels
}

/** Two luminances share one pair of colour differences: Y1 Y2 Cb Cr. */
function fullFrom422({ bytes, description }: NativeFrame): Uint8Array {
  const count = description.rows * description.columns
  if (bytes.length >= count * 3) return bytes
  const full = new Uint8Array(count * 3)
  for (let pair = 0; pair < count >> 1; pair++)
    for (let second = 0; second < 2; second++) {
      const to = (pair * 2 + second) * 3
      full[to] = bytes[pair * 4 + second] ?? 0
      full[to + 1] = bytes[pair * 4 + 2] ?? 0
      full[to + 2] = bytes[pair * 4 + 3] ?? 0
    }
  return full
}

function ybrToRgb(ybr: Uint8Array): Uint8Array {
  const rgb = new Uint8ClampedArray(ybr.length)
  for (let at = 0; at + 2 < ybr.length; at += 3) {
    const y = ybr[at] ?? 0
    const cb = (ybr[at + 1] ?? 0) - 128
    const cr = (ybr[at + 2] ?? 0) - 128
    rgb[at] = y + 1.402 * cr
    rgb[at + 1] = y - 0.344136 * cb - 0.714136 * cr
    rgb[at + 2] = y + 1.772 * cb
  }
  return new Uint8Array(rgb.buffer)
}

function paletted(frame: NativeFrame, palette: Palette | undefined): Uint8Array {
  if (!palette) throw new DicomError('bad-pixel-data', 'palette colour without a palette')
  const read = sampleReader(frame)
  const count = frame.description.rows * frame.description.columns
  const pixels = new Uint8Array(count * 3)
  for (let index = 0; index < count; index++) pixels.set(palette(read(index)), index * 3)
  return pixels
}
