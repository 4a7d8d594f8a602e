/** One stored frame as native bytes: little endian, pixel by pixel (PS3.5 §8), whatever it was stored as. */
import { DicomError } from '../failure.ts'
import type { Codec, TransferSyntax } from '../transfer-syntaxes.ts'
import { type DecodeCodestream, loadCodec } from './codecs.ts'
import { frameBytes, type PixelDescription } from './description.ts'
import { decodeRle } from './rle.ts'

export type NativeFrame = { readonly bytes: Uint8Array; readonly description: PixelDescription }

export interface PixelDecoder {
  /** Throws `unsupported-pixels` where no decoder is known, `bad-pixel-data` where the codestream is broken. */
  decode(
    stored: Uint8Array,
    syntax: TransferSyntax,
    description: PixelDescription,
    isWords?: boolean,
  ): Promise<NativeFrame>
}

/** A decoder that keeps its codecs loaded. */
export function createPixelDecoder(): PixelDecoder {
  const codecs = new Map<Codec, Promise<DecodeCodestream | undefined>>()
  const codecOf = (codec: Codec): Promise<DecodeCodestream | undefined> => {
    const known = codecs.get(codec) ?? loadCodec(codec)
    codecs.set(codec, known)
    return known
  }
  return {
    async decode(stored, syntax, description, isWords = true) {
      if (syntax.codec === 'native')
        return { bytes: nativeBytes(stored, syntax, { description, isWords }), description }
      if (syntax.codec === 'rle')
        return { bytes: decodeRle(stored, description), description: interleaved(description) }
      const decodeStream = await codecOf(syntax.codec)
      if (!decodeStream) throw new DicomError('unsupported-pixels', `${syntax.name} cannot be decoded here`)
      return decompressed(stored, decodeStream, { syntax, description })
    },
  }
}

function nativeBytes(
  stored: Uint8Array,
  syntax: TransferSyntax,
  { description, isWords }: { description: PixelDescription; isWords: boolean },
): Uint8Array {
  if (stored.length < frameBytes(description)) throw new DicomError('bad-pixel-data', 'a frame is cut short')
  if (syntax.isLittleEndian) return stored
  const copy = Buffer.from(stored)
  if (description.bitsAllocated === 32) return copy.swap32()
  return description.bitsAllocated === 16 || (isWords && copy.length % 2 === 0) ? copy.swap16() : copy
}

const interleaved = (description: PixelDescription): PixelDescription => ({ ...description, isPlanar: false })

function decompressed(
  stored: Uint8Array,
  decodeStream: DecodeCodestream,
  { syntax, description }: { syntax: TransferSyntax; description: PixelDescription },
): NativeFrame {
  const { bytes, frame } = decoded(stored, decodeStream, syntax)
  if (frame.width !== description.columns || frame.height !== description.rows)
    throw new DicomError('bad-pixel-data', 'the codestream has another size than the header')
  const isColour = frame.componentCount === 3
  const bitsAllocated = frame.bitsPerSample > 8 ? 16 : 8
  return {
    bytes,
    description: {
      ...interleaved(description),
      samplesPerPixel: frame.componentCount,
      bitsAllocated,
      isSigned: frame.isSigned ?? description.isSigned,
      // JPEG and JPEG 2000 decoders undo their own colour transform (PS3.5 §8.2.1, §8.2.4); JPEG-LS has none.
      photometric: isColour && !keepsColour.has(syntax.codec) ? 'RGB' : description.photometric,
    },
  }
}

const keepsColour = new Set<Codec>(['jpeg-ls', 'jpeg-lossless'])

function decoded(
  stored: Uint8Array,
  decodeStream: DecodeCodestream,
  syntax: TransferSyntax,
): ReturnType<DecodeCodestream> {
  const precision = jpegPrecision(stored)
  if ((syntax.codec === 'jpeg-8bit' || syntax.codec === 'jpeg-12bit') && precision > 8)
    throw new DicomError('unsupported-pixels', `JPEG of ${precision} bits cannot be decoded here`)
  try {
    return decodeStream(stored)
  } catch (cause) {
    // Emscripten throws numbers; they mean nothing to a reader.
    throw new DicomError('bad-pixel-data', `a ${syntax.name} codestream is broken`, { cause })
  }
}

/** Sample precision of the frame header (ISO 10918-1 §B.2.2); 8 where there is none. */
function jpegPrecision(stored: Uint8Array): number {
  for (let at = 2; at + 9 < stored.length && stored[at] === 0xff; ) {
    const marker = stored[at + 1] ?? 0
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return stored[at + 4] ?? 8
    at += 2 + ((stored[at + 2] ?? 0) << 8) + (stored[at + 3] ?? 0)
  }
  return 8
}
