/** PS3.18 §8.3.5 and §10.4.1.1.3: rendered images and thumbnails as JPEG or PNG, with window, size and quality. */
import {
  type PixelDecoder,
  paletteOf,
  presentationOf,
  type Rendered,
  renderFrame,
  type Window,
} from '@xinglin/dicom/pixels'
import { invalid, unsupported } from '@xinglin/fhir'
import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'
import { acceptedRanges } from './accept.ts'
import { nativeFrame, pixelFailure } from './frames.ts'
import type { OpenInstance } from './open-instance.ts'

export type RenderRequest = {
  readonly window: Window | undefined
  /** Longest sides in pixels; the image is made smaller to fit, never larger. */
  readonly viewport: { readonly width: number; readonly height: number } | undefined
  /** 1 to 100, JPEG only. */
  readonly quality: number
  readonly type: 'image/jpeg' | 'image/png'
}
export type RenderParameters = Readonly<Record<string, string | readonly string[] | undefined>>

const defaultQuality = 90
const thumbnailPixels = 128

/** What an address asks for. Throws `invalid` or `unsupported`. */
export function parseRender(parameters: RenderParameters, accept: string | undefined): RenderRequest {
  const { quality, accept: acceptParameter } = parameters
  return {
    window: parseWindow(first(parameters.window)),
    viewport: parseViewport(first(parameters.viewport)),
    quality: quality === undefined ? defaultQuality : inRange(Number(first(quality)), 'quality'),
    type: imageType(accept, first(acceptParameter)),
  }
}

/** The same for a thumbnail, small unless the address says how large. */
export function parseThumbnail(parameters: RenderParameters, accept: string | undefined): RenderRequest {
  const request = parseRender(parameters, accept)
  return { ...request, viewport: request.viewport ?? { width: thumbnailPixels, height: thumbnailPixels } }
}

const first = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0]

function inRange(quality: number, at: string): number {
  if (Number.isInteger(quality) && quality >= 1 && quality <= 100) return quality
  throw invalid('quality is a whole number from 1 to 100', { code: 'dicom-web.render', at })
}

function parseWindow(text: string | undefined): Window | undefined {
  if (text === undefined) return undefined
  const [center, width, shape = 'linear'] = text.split(',')
  const named = shape.toUpperCase().replace('-', '_')
  const isShape = named === 'LINEAR' || named === 'LINEAR_EXACT' || named === 'SIGMOID'
  const window = { center: Number(center), width: Number(width) }
  if (center && width && Number.isFinite(window.center) && window.width >= 1 && isShape)
    return { ...window, function: named }
  throw invalid('window is center,width[,linear|linear-exact|sigmoid]', {
    code: 'dicom-web.render',
    at: 'window',
  })
}

function parseViewport(text: string | undefined): RenderRequest['viewport'] {
  if (text === undefined) return undefined
  const [width = 0, height = 0, ...crop] = text.split(',').map(Number)
  if (Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1 && crop.length === 0)
    return { width, height }
  throw invalid('viewport is width,height in pixels; cropping is not served', {
    code: 'dicom-web.render',
    at: 'viewport',
  })
}

function imageType(accept: string | undefined, parameter: string | undefined): RenderRequest['type'] {
  for (const { type } of acceptedRanges(accept, parameter)) {
    if (type === 'image/png') return type
    if (type === 'image/jpeg' || type === 'image/*' || type === '*/*') return 'image/jpeg'
  }
  throw unsupported('images are rendered as image/jpeg or image/png', { code: 'dicom-web.accept' })
}

/** The image file of one frame (number from 1). */
export async function renderImage(
  opened: OpenInstance,
  request: RenderRequest,
  options: { readonly frame: number; readonly decoder: PixelDecoder },
): Promise<Uint8Array> {
  const native = await nativeFrame(opened, options.frame, options.decoder)
  const rendered = visible(opened, native, request.window)
  const fitted = request.viewport ? fit(rendered, request.viewport) : rendered
  const rgba = toRgba(fitted)
  const { width, height } = fitted
  if (request.type === 'image/jpeg') return jpeg.encode({ data: rgba, width, height }, request.quality).data
  const png = new PNG({ width, height })
  png.data = rgba
  return PNG.sync.write(png, { colorType: fitted.channels === 1 ? 0 : 2 })
}

function visible(
  opened: OpenInstance,
  native: Awaited<ReturnType<typeof nativeFrame>>,
  window: Window | undefined,
): Rendered {
  const palette = paletteOf(opened.dataset)
  try {
    return renderFrame(native, {
      presentation: presentationOf(opened.dataset),
      ...(window && { window }),
      ...(palette && { palette }),
    })
  } catch (error) {
    throw pixelFailure(error)
  }
}

/** Made smaller by the mean of each box, so that thin bones do not vanish between two rows. */
function fit(image: Rendered, viewport: { readonly width: number; readonly height: number }): Rendered {
  const scale = Math.min(1, viewport.width / image.width, viewport.height / image.height)
  if (scale === 1) return image
  const width = Math.max(1, Math.round(image.width * scale))
  const height = Math.max(1, Math.round(image.height * scale))
  const pixels = new Uint8Array(width * height * image.channels)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < image.channels; channel++)
        pixels[(y * width + x) * image.channels + channel] = boxMean(image, { x, y, channel, width, height })
  return { width, height, channels: image.channels, pixels }
}

function boxMean(
  image: Rendered,
  at: { x: number; y: number; channel: number; width: number; height: number },
): number {
  const left = Math.floor((at.x * image.width) / at.width)
  const right = Math.max(left + 1, Math.floor(((at.x + 1) * image.width) / at.width))
  const top = Math.floor((at.y * image.height) / at.height)
  const bottom = Math.max(top + 1, Math.floor(((at.y + 1) * image.height) / at.height))
  let sum = 0
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++)
      sum += image.pixels[(y * image.width + x) * image.channels + at.channel] ?? 0
  return Math.round(sum / ((right - left) * (bottom - top)))
}

function toRgba(image: Rendered): Buffer {
  const rgba = Buffer.alloc(image.width * image.height * 4, 255)
  for (let pixel = 0; pixel < image.width * image.height; pixel++)
    for (let channel = 0; channel < 3; channel++)
      rgba[pixel * 4 + channel] = image.pixels[image.channels === 1 ? pixel : pixel * 3 + channel] ?? 0
  return rgba
}
