/** Every word on the screen reaches WCAG 2.2 AA contrast (1.4.3: 4.5:1), in light and in dark. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Palette, palettes } from './palettes.ts'

function luminance(colour: string): number {
  const channel = (start: number) => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(one: string, other: string): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((left, right) => right - left)
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05)
}

const meanings = ['red', 'amber', 'green', 'blue', 'purple'] as const
const pairs: readonly (readonly [keyof Palette, keyof Palette])[] = [
  ...(['ink', 'quiet', 'accent', ...meanings] as const).flatMap(
    (colour) =>
      [
        [colour, 'ground'],
        [colour, 'raised'],
      ] as const,
  ),
  ...meanings.map((colour) => [colour, `${colour}Soft`] as const),
  ...(['ink', 'quiet', 'accent'] as const).map((colour) => [colour, 'accentSoft'] as const),
  ...(['ink', 'quiet', 'red', 'amber'] as const).map((colour) => [colour, 'fresh'] as const),
  ['onAccent', 'accent'],
]

for (const [tone, palette] of Object.entries(palettes)) {
  test(`${tone}: every pair of colours that stands together reaches 4.5:1`, () => {
    const weak = pairs
      .map(([fore, back]) => [fore, back, contrast(palette[fore], palette[back])] as const)
      .filter(([, , ratio]) => ratio < 4.5)
      .map(([fore, back, ratio]) => `${fore} on ${back}: ${ratio.toFixed(2)}`)
    assert.deepEqual(weak, [])
  })
}
