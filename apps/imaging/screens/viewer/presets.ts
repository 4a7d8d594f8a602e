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

/** The range of values that a preset shows, given the range that the image proposes. */
export function rangeOf(preset: Preset, stored: ValueRange): ValueRange {
  switch (preset.kind) {
    case 'stored':
      return stored
    case 'fixed':
      return { lower: preset.center - preset.width / 2, upper: preset.center + preset.width / 2 }
    case 'scaled': {
      const center = (stored.lower + stored.upper) / 2
      const half = ((stored.upper - stored.lower) / 2) * preset.factor
      return { lower: center - half, upper: center + half }
    }
  }
}
