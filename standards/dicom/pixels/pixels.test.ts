/** Images: lossless codecs give the very pixels, windows the very bytes of PS3.3 C.11.2.1.2. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import { DicomError, readPart10 } from '../dicom.ts'
import {
  createPixelDecoder,
  describePixels,
  framePlaces,
  type NativeFrame,
  paletteOf,
  presentationOf,
  renderFrame,
  windowed,
} from '../pixels.ts'
import { part10Samples, type Sample, samplesMissing } from '../testing/samples.ts'

const decoder = createPixelDecoder()

async function firstFrame({
  bytes,
}: Sample): Promise<{ native: NativeFrame; frames: number; rendered: ReturnType<typeof renderFrame> }> {
  const { dataset, transferSyntax, datasetOffset } = readPart10(bytes, { keepBytes: 1 << 20 })
  const source = transferSyntax.isDeflated ? inflateRawSync(bytes.subarray(datasetOffset)) : bytes
  const read = async (place: { offset: number; length: number }) =>
    source.subarray(place.offset, place.offset + place.length)
  const description = describePixels(dataset)
  const frames = await framePlaces(dataset, read)
  const stored = Buffer.concat(await Promise.all((frames[0] ?? []).map(read)))
  const native = await decoder.decode(stored, transferSyntax, description)
  const palette = paletteOf(dataset)
  return {
    native,
    frames: frames.length,
    rendered: renderFrame(native, { presentation: presentationOf(dataset), ...(palette && { palette }) }),
  }
}

const digest = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')

test('one CT slice is the same in all lossless transfer syntaxes', { skip: samplesMissing }, async () => {
  const lossless = part10Samples('transfer-syntaxes').filter(({ name }) =>
    /^CTImage.*(Endian|LosslessOnly|LSLossless|Process14|RLE)/.test(name),
  )
  const digests = await Promise.all(
    lossless.map(async (sample) => digest((await firstFrame(sample)).native.bytes)),
  )

  assert.equal(lossless.length, 9)
  assert.equal(new Set(digests).size, 1)
})

test('a colour pattern is the same native, in JPEG-LS and in JPEG lossless', {
  skip: samplesMissing,
}, async () => {
  const samples = part10Samples('transfer-syntaxes').filter(({ name }) =>
    ['TestPattern_RGB.dcm', 'TestPattern_JPEG-LS-Lossless.dcm', 'TestPattern_JPEG-Lossless_RGB.dcm'].includes(
      name,
    ),
  )
  const pictures = await Promise.all(
    samples.map(async (sample) => digest((await firstFrame(sample)).rendered.pixels)),
  )

  assert.equal(samples.length, 3)
  assert.equal(new Set(pictures).size, 1)
})

/** Images that cannot be shown here, each with its reason; the list only shrinks. */
const unseen: Readonly<Record<string, string>> = {
  // 12-bit JPEG: no decoder.
  'CT0012.fragmented_no_bot_jpeg_baseline.51.dcm': 'unsupported-pixels',
  'CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm': 'unsupported-pixels',
  'CTImage.dcm_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm': 'unsupported-pixels',
  'CTImage.dcm_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm': 'unsupported-pixels',
  'JPGExtended.dcm': 'unsupported-pixels',
  // The codestream's header is damaged on purpose.
  'JPEG2000-embedded-sequence-delimiter.dcm': 'bad-pixel-data',
  // JPEG 2000 colour whose photometric interpretation is YBR_ICT or YBR_RCT is decoded to RGB; these hold no image.
  'no-pixel-data.dcm': 'no-pixel-data',
  'DICOMDIR-bigEnd': 'no-pixel-data',
  'DICOMDIR-implicit': 'no-pixel-data',
  'DICOMDIR-nopatient': 'no-pixel-data',
  'UN_sequence.dcm': 'no-pixel-data',
  'priv_SQ.dcm': 'no-pixel-data',
  'reportsi_with_empty_number_tags.dcm': 'no-pixel-data',
  'test-SR.dcm': 'no-pixel-data',
  // Not readable as DICOM at all.
  'SC_rgb_jpeg.dcm': 'unknown-vr',
  'meta_missing_tsyntax.dcm': 'no-transfer-syntax',
}

test('every other sample image is decoded and rendered', { skip: samplesMissing }, async () => {
  const failures: [string, string][] = []
  for (const sample of [...part10Samples('transfer-syntaxes'), ...part10Samples('pydicom')])
    try {
      const { rendered } = await firstFrame(sample)
      assert.equal(rendered.pixels.length, rendered.width * rendered.height * rendered.channels, sample.name)
    } catch (error) {
      if (!(error instanceof DicomError)) throw error
      failures.push([sample.name, error.code])
    }

  assert.deepEqual(Object.fromEntries(failures.sort()), Object.fromEntries(Object.entries(unseen).sort()))
})

test('a window shows what PS3.3 C.11.2.1.2 computes', () => {
  const linear = { center: 2048, width: 4096, function: 'LINEAR' } as const
  const exact = { center: 100, width: 100, function: 'LINEAR_EXACT' } as const
  const sigmoid = { center: 0, width: 100, function: 'SIGMOID' } as const

  const shown = [
    ...[-1, 0, 2047, 2048, 4095, 5000].map((value) => windowed(value, linear)),
    ...[50, 75, 100, 150, 151].map((value) => windowed(value, exact)),
    ...[-1000, 0, 1000].map((value) => windowed(value, sigmoid)),
  ]

  assert.deepEqual(shown, [0, 0, 127, 128, 255, 255, 0, 64, 128, 255, 255, 0, 128, 255])
})

test('MONOCHROME1 is shown as the negative of MONOCHROME2', () => {
  const frame = (photometric: 'MONOCHROME1' | 'MONOCHROME2'): NativeFrame => ({
    bytes: Uint8Array.of(0, 100, 255),
    description: {
      rows: 1,
      columns: 3,
      samplesPerPixel: 1,
      photometric,
      bitsAllocated: 8,
      bitsStored: 8,
      isSigned: false,
      isPlanar: false,
      numberOfFrames: 1,
    },
  })
  const presentation = {
    rescaleSlope: 1,
    rescaleIntercept: 0,
    window: { center: 128, width: 256, function: 'LINEAR' as const },
  }

  const shown = (['MONOCHROME2', 'MONOCHROME1'] as const).map((photometric) => [
    ...renderFrame(frame(photometric), { presentation }).pixels,
  ])

  assert.deepEqual(shown, [
    [0, 100, 255],
    [255, 155, 0],
  ])
})
