/** PS3.3 C.7.6.3 Image Pixel, C.7.6.6 Multi-frame, C.7.6.16: how the pixel data of an instance are to be read. */
import type { Dataset } from '../dataset.ts'
import { DicomError } from '../failure.ts'
import { tags } from '../generated/tags.ts'
import { number, numbers, text } from '../values.ts'

export type Photometric =
  | 'MONOCHROME1'
  | 'MONOCHROME2'
  | 'PALETTE COLOR'
  | 'RGB'
  | 'YBR_FULL'
  | 'YBR_FULL_422'
  | 'OTHER'

export type PixelDescription = {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly photometric: Photometric
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly isSigned: boolean
  /** Colour planes one after the other instead of pixel by pixel. */
  readonly isPlanar: boolean
  readonly numberOfFrames: number
}

const photometrics = new Set<string>([
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
])
/** PS3.3 US 16 bit; 65,535 × 65,535 × 3 would be 12 GB, so one frame is bounded here. */
export const maxFrameBytes = 512 * 1024 * 1024

/** The description; throws `no-pixel-data` where the instance has no image, `bad-pixel-data` where it contradicts itself. */
export function describePixels(dataset: Dataset): PixelDescription {
  const rows = number(dataset, tags.Rows)
  const columns = number(dataset, tags.Columns)
  const bitsAllocated = number(dataset, tags.BitsAllocated)
  if (!rows || !columns || !bitsAllocated || !dataset.elements.has(tags.PixelData))
    throw new DicomError('no-pixel-data', 'the instance holds no image')
  const named = text(dataset, tags.PhotometricInterpretation) ?? 'MONOCHROME2'
  const description: PixelDescription = {
    rows,
    columns,
    samplesPerPixel: number(dataset, tags.SamplesPerPixel) ?? 1,
    photometric: photometrics.has(named) ? (named as Photometric) : 'OTHER',
    bitsAllocated,
    bitsStored: number(dataset, tags.BitsStored) ?? bitsAllocated,
    isSigned: number(dataset, tags.PixelRepresentation) === 1,
    isPlanar: number(dataset, tags.PlanarConfiguration) === 1,
    numberOfFrames: Math.max(1, number(dataset, tags.NumberOfFrames) ?? 1),
  }
  if (![1, 8, 16, 32].includes(bitsAllocated) || frameBytes(description) > maxFrameBytes)
    throw new DicomError(
      'bad-pixel-data',
      `${bitsAllocated} bits allocated in ${rows} × ${columns} is not served`,
    )
  return description
}

/** Bytes of one native frame; YBR_FULL_422 has two bytes a pixel (PS3.3 C.7.6.3.1.2). */
export function frameBytes(description: PixelDescription): number {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometric } = description
  const samples = photometric === 'YBR_FULL_422' ? 2 : samplesPerPixel
  return Math.ceil((rows * columns * samples * bitsAllocated) / 8)
}

/** Rescale (PS3.3 C.11.1.1.2) and window (C.11.2) that the instance itself proposes. */
export type Presentation = {
  readonly rescaleSlope: number
  readonly rescaleIntercept: number
  readonly window: Window | undefined
}
export type WindowFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID'
export type Window = { readonly center: number; readonly width: number; readonly function: WindowFunction }

/** The presentation of single-frame objects; functional groups of enhanced ones (C.7.6.16) are asked where the caller has them. */
export function presentationOf(dataset: Dataset): Presentation {
  const center = numbers(dataset, tags.WindowCenter)[0]
  const width = numbers(dataset, tags.WindowWidth)[0]
  const named = text(dataset, tags.VOILUTFunction)
  const shape = named === 'SIGMOID' || named === 'LINEAR_EXACT' ? named : 'LINEAR'
  return {
    rescaleSlope: number(dataset, tags.RescaleSlope) ?? 1,
    rescaleIntercept: number(dataset, tags.RescaleIntercept) ?? 0,
    window:
      center !== undefined && width !== undefined && width > 0
        ? { center, width, function: shape }
        : undefined,
  }
}
