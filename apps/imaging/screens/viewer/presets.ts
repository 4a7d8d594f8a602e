/** Window presets by modality (centre and width in Hounsfield units for CT), on the keys 1–5. */

export type PresetName =
  | 'presetDefault'
  | 'presetLung'
  | 'presetSoft'
  | 'presetBone'
  | 'presetBrain'
  | 'presetWide'
  | 'presetNarrow'

/** `stored` is what the image itself proposes; `scaled` changes its width by a factor. */
export type Preset =
  | { readonly name: PresetName; readonly kind: 'stored' }
  | { readonly name: PresetName; readonly kind: 'fixed'; readonly center: number; readonly width: number }
  | { readonly name: PresetName; readonly kind: 'scaled'; readonly factor: number }

const computedTomography: readonly Preset[] = [
  { name: 'presetDefault', kind: 'stored' },
  { name: 'presetLung', kind: 'fixed', center: -600, width: 1500 },
  { name: 'presetSoft', kind: 'fixed', center: 40, width: 400 },
  { name: 'presetBone', kind: 'fixed', center: 480, width: 2500 },
  { name: 'presetBrain', kind: 'fixed', center: 40, width: 80 },
]
const others: readonly Preset[] = [
  { name: 'presetDefault', kind: 'stored' },
  { name: 'presetWide', kind: 'scaled', factor: 2 },
  { name: 'presetNarrow', kind: 'scaled', factor: 0.5 },
]

export function presetsFor(modality: string): readonly Preset[] {
  return modality === 'CT' ? computedTomography : others
}

export type ValueRange = { readonly lower: number; readonly upper: number }

/** Lowest and highest value of a window (PS3.3 C.11.2.1.2, LINEAR: a width of 400 spans 399 steps). */
export function rangeOfWindow(center: number, width: number): ValueRange {
  return { lower: center - 0.5 - (width - 1) / 2, upper: center - 0.5 + (width - 1) / 2 }
}

/** Centre and width of a range: the inverse of `rangeOfWindow`. */
export function windowOfRange({ lower, upper }: ValueRange): {
  readonly center: number
  readonly width: number
} {
  return { center: (lower + upper + 1) / 2, width: upper - lower + 1 }
}

/** The range of values that a preset shows, given the range that the image proposes. */
export function rangeOf(preset: Preset, stored: ValueRange): ValueRange {
  switch (preset.kind) {
    case 'stored':
      return stored
    case 'fixed':
      return rangeOfWindow(preset.center, preset.width)
    case 'scaled': {
      const { center, width } = windowOfRange(stored)
      return rangeOfWindow(center, width * preset.factor)
    }
  }
}
