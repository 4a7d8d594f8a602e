/** The compressed image codecs (PS3.5 §8.2) as WebAssembly, loaded when first needed. 12-bit JPEG has none here. */
import { createRequire } from 'node:module'
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

type Source = { readonly module: string; readonly decoder: string }
const turbo: Source = {
  module: '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
  decoder: 'JPEGDecoder',
}
const sources: Partial<Record<Codec, Source>> = {
  'jpeg-8bit': turbo,
  'jpeg-12bit': turbo,
  'jpeg-ls': { module: '@cornerstonejs/codec-charls/decodewasmjs', decoder: 'JpegLSDecoder' },
  'jpeg-2000': { module: '@cornerstonejs/codec-openjpeg/decodewasmjs', decoder: 'J2KDecoder' },
  htj2k: { module: '@cornerstonejs/codec-openjph/wasmjs', decoder: 'HTJ2KDecoder' },
}

/** The decoder of a codec; undefined where there is none. */
export async function loadCodec(codec: Codec): Promise<DecodeCodestream | undefined> {
  if (codec === 'jpeg-lossless') return loadJpegLossless()
  const source = sources[codec]
  if (!source) return undefined
  const loaded: unknown = createRequire(import.meta.url)(source.module)
  const module = await factoryOf(loaded)({ print: silence, printErr: silence })
  const Decoder = module[source.decoder]
  return Decoder && ((encoded) => decodeWith(new Decoder(), encoded))
}

/** OpenJPEG tells each header that it reads; what matters comes back as a thrown failure. */
const silence = (): void => {}

function factoryOf(loaded: unknown): WasmFactory {
  const inner = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded
  return inner as WasmFactory
}

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

type LosslessDecoder = {
  decompress(buffer: ArrayBuffer, offset: number, length: number): ArrayBuffer
  readonly frame: {
    readonly dimX: number
    readonly dimY: number
    readonly numComp: number
    readonly precision: number
  }
}

function loadJpegLossless(): DecodeCodestream {
  const { Decoder } = createRequire(import.meta.url)('@cornerstonejs/jpeg-lossless-decoder-js') as {
    Decoder: new () => LosslessDecoder
  }
  return (encoded) => {
    const decoder = new Decoder()
    const copy = new Uint8Array(encoded)
    const bytes = new Uint8Array(decoder.decompress(copy.buffer, 0, copy.length))
    const { dimX, dimY, numComp, precision } = decoder.frame
    return { bytes, frame: { width: dimX, height: dimY, componentCount: numComp, bitsPerSample: precision } }
  }
}
