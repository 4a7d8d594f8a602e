/** PS3.18 §10.4.1.1.6: frames as native pixels or as they are stored, as the client accepts them. */
import { DicomError, explicitLittleEndian, type Place, type TransferSyntax } from '@xinglin/dicom'
import { describePixels, framePlaces, type NativeFrame, type PixelDecoder } from '@xinglin/dicom/pixels'
import { invalid, notFound, type OutcomeError, unsupported } from '@xinglin/fhir'
import { errorCodeOf } from '../store/error-codes.ts'
import { acceptedRanges, innerType, type MediaRange } from './accept.ts'
import type { Part } from './multipart-writer.ts'
import type { OpenInstance } from './open-instance.ts'

export type FrameForm = 'stored' | 'native'

/** Frames of one request; more is a mistake or an attack, a viewer asks for one or a few. */
const maxFramesAsked = 1_000

/** Frame numbers from 1, `1,2,5`; throws `invalid`. */
export function frameNumbers(text: string): readonly number[] {
  const numbers = text.split(',').map(Number)
  if (numbers.length <= maxFramesAsked && numbers.every((number) => Number.isInteger(number) && number >= 1))
    return numbers
  throw invalid('frames are whole numbers from 1, separated by commas', {
    code: 'dicom-web.frames',
    at: 'frames',
  })
}

/**
 * How frames are to be given: native for `application/octet-stream` without a transfer syntax, as stored where the
 * client takes any or this one. Throws `unsupported` for what is neither.
 */
export function frameForm(
  syntax: TransferSyntax,
  accept: string | undefined,
  parameter: string | undefined,
): FrameForm {
  for (const range of acceptedRanges(accept, parameter)) {
    const form = formFor(range, syntax)
    if (form) return form
  }
  throw unsupported('frames are given as application/octet-stream, or as stored with transfer-syntax=*', {
    code: 'dicom-web.accept',
  })
}

function formFor(range: MediaRange, syntax: TransferSyntax): FrameForm | undefined {
  const type = innerType(range)
  const wanted = range.parameters['transfer-syntax']
  const isNative = syntax.codec === 'native'
  if (wanted === '*' || wanted === syntax.uid) return isNative ? 'native' : 'stored'
  if (wanted !== undefined && wanted !== explicitLittleEndian.uid) return undefined
  if (type === syntax.mediaType && !isNative) return 'stored'
  const isOctets = ['*/*', 'application/*', 'application/octet-stream'].includes(type)
  return isOctets ? 'native' : undefined
}

/** The frames of an instance; throws `notFound` for a number beyond the last. */
export async function frameParts(
  opened: OpenInstance,
  numbers: readonly number[],
  options: { readonly form: FrameForm; readonly decoder: PixelDecoder; readonly url: string },
): Promise<readonly Part[]> {
  const frames = await placesOf(opened)
  const chosen = numbers.map((number) => {
    const places = frames[number - 1]
    if (!places) throw notFound(`the instance has ${frames.length} frames`, { code: 'dicom-web.no-frame' })
    return { number, places }
  })
  return Promise.all(
    chosen.map(async ({ number, places }) => {
      const stored = await joined(opened, places)
      const location = `${options.url}/frames/${number}`
      if (options.form === 'stored')
        return { contentType: storedType(opened.syntax), location, bytes: [stored] }
      const native = await decodeFrame(opened, stored, options.decoder)
      return {
        contentType: `application/octet-stream; transfer-syntax=${explicitLittleEndian.uid}`,
        location,
        bytes: [native.bytes],
      }
    }),
  )
}

const storedType = (syntax: TransferSyntax): string => `${syntax.mediaType}; transfer-syntax=${syntax.uid}`

/** One frame as native pixels (number from 1). */
export async function nativeFrame(
  opened: OpenInstance,
  number: number,
  decoder: PixelDecoder,
): Promise<NativeFrame> {
  const frames = await placesOf(opened)
  const places = frames[number - 1]
  if (!places) throw notFound(`the instance has ${frames.length} frames`, { code: 'dicom-web.no-frame' })
  return decodeFrame(opened, await joined(opened, places), decoder)
}

async function placesOf(opened: OpenInstance): Promise<readonly (readonly Place[])[]> {
  try {
    return await framePlaces(opened.dataset, opened.read)
  } catch (error) {
    throw pixelFailure(error)
  }
}

async function decodeFrame(
  opened: OpenInstance,
  stored: Uint8Array,
  decoder: PixelDecoder,
): Promise<NativeFrame> {
  try {
    return await decoder.decode(stored, opened.syntax, describePixels(opened.dataset))
  } catch (error) {
    throw pixelFailure(error)
  }
}

/** What is wrong with stored pixels is told as an answer of its own. */
export function pixelFailure(error: unknown): OutcomeError | unknown {
  if (!(error instanceof DicomError)) return error
  const detail = { code: errorCodeOf(error), cause: error }
  return error.code === 'no-pixel-data' ? notFound(error.message, detail) : unsupported(error.message, detail)
}

async function joined(opened: OpenInstance, places: readonly Place[]): Promise<Uint8Array> {
  const pieces = await Promise.all(places.map((place) => opened.read(place)))
  const [only] = pieces
  return pieces.length === 1 && only ? only : Buffer.concat(pieces)
}
