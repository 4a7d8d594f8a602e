/** The compressed image codecs (PS3.5 §8.2) as WebAssembly, loaded when first needed. 12-bit JPEG has none here. */
import type { Codec } from '../transfer-syntaxes.ts'

export type CodecFrame = {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: number
  readonly componentCount: number
  readonly isSigned?: boolean
}
export type Decoded = { readonly bytes: Uint8Array; readonly frame: CodecFrame }
export type DecodeCodestream = (encoded: Uint8Array) => Decoded

type WasmDecoder = {
  getEncodedBuffer(length: number): Uint8Array
  decode(): void
  getDecodedBuffer(): Uint8Array
  getFrameInfo(): CodecFrame
  delete(): void
}
type WasmModule = Readonly<Record<string, new () => WasmDecoder>>
type WasmFactory = (options: { print: () => void; printErr: () => void }) => Promise<WasmModule>

type Source = { readonly load: () => Promise<{ readonly default: unknown }>; readonly decoder: string }
const turbo: Source = {
  load: () => import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'),
  decoder: 'JPEGDecoder',
}
const sources: Partial<Record<Codec, Source>> = {
  'jpeg-8bit': turbo,
  'jpeg-12bit': turbo,
  'jpeg-ls': { load: () => import('@cornerstonejs/codec-charls/decodewasmjs'), decoder: 'JpegLSDecoder' },
  'jpeg-2000': { load: () => import('@cornerstonejs/codec-openjpeg/decodewasmjs'), decoder: 'J2KDecoder' },
  htj2k: { load: () => import('@cornerstonejs/codec-openjph/wasmjs'), decoder: 'HTJ2KDecoder' },
}

/** The decoder of a codec; undefined where there is none. */
export async function loadCodec(codec: Codec): Promise<DecodeCodestream | undefined> {
  if (codec === 'jpeg-lossless') return loadJpegLossless()
  const source = sources[codec]
  if (!source) return undefined
  // Emscripten's factories; their packages bring no types.
  const factory = (await source.load()).default as WasmFactory
  const module = await factory({ print: silence, printErr: silence })
  const Decoder = module[source.decoder]
  return Decoder && ((encoded) => decodeWith(new Decoder(), encoded))
}

/** OpenJPEG tells each header that it reads; what matters comes back as a thrown failure. */
const silence = (): void => {}

function decodeWith(decoder: WasmDecoder, encoded: Uint8Array): Decoded {
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded)
    decoder.decode()
    // The decoder's memory is used again by the next frame.
    return { bytes: new Uint8Array(decoder.getDecodedBuffer()), frame: decoder.getFrameInfo() }
  } finally {
    decoder.delete()
  }
}

async function loadJpegLossless(): Promise<DecodeCodestream> {
  const { Decoder } = await import('@cornerstonejs/jpeg-lossless-decoder-js')
  return (encoded) => {
    const decoder = new Decoder()
    const copy = new Uint8Array(encoded)
    const bytes = new Uint8Array(decoder.decompress(copy.buffer, 0, copy.length))
    const { dimX, dimY, numComp, precision } = decoder.frame
    return { bytes, frame: { width: dimX, height: dimY, componentCount: numComp, bitsPerSample: precision } }
  }
}
