/** The look in one place: colours (palettes.ts), type and spacing for light and dark, as Ant Design tokens and as CSS variables. */
import { type ThemeConfig, theme } from 'antd'
import { palettes, type Tone } from './palettes.ts'

export { palettes, type Tone } from './palettes.ts'

const fontFamily = [
  '-apple-system',
  "'Segoe UI'",
  "'PingFang SC'",
  "'Microsoft YaHei'",
  "'Noto Sans'",
  "'Noto Sans CJK SC'",
  "'Noto Sans SC'",
  "'Source Han Sans SC'",
  'system-ui',
  'sans-serif',
].join(', ')

/** The Ant Design theme of a tone: 13 px base, 4 px grid, radius 4, no motion. */
export function antTheme(tone: Tone): ThemeConfig {
  const palette = palettes[tone]
  return {
    algorithm: tone === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      fontFamily,
      fontSize: 13,
      sizeUnit: 4,
      sizeStep: 4,
      borderRadius: 4,
      controlHeight: 30,
      colorPrimary: palette.accent,
      colorInfo: palette.blue,
      colorLink: palette.accent,
      colorError: palette.red,
      colorWarning: palette.amber,
      colorSuccess: palette.green,
      colorBgBase: palette.ground,
      // Drawers and menus in the dark: derived colours would leave the grounds on which contrast is held.
      ...(tone === 'dark' ? { colorBgElevated: palette.raised, colorBgContainer: palette.ground } : {}),
      colorTextBase: palette.ink,
      colorBorder: palette.line,
      colorBorderSecondary: palette.line,
      colorTextDescription: palette.quiet,
      colorTextPlaceholder: palette.quiet,
      // No motion: a button whose answer came within a frame kept its sign of loading, since nothing had moved that could end.
      motion: false,
    },
    components: { Button: { primaryColor: palette.onAccent } },
  }
}

/** The same palette as CSS variables (`--accent`, `--red-soft` …) for the parts' own style sheets. */
export function cssVariables(tone: Tone): readonly (readonly [name: string, value: string])[] {
  const colours = Object.entries(palettes[tone]).map(
    ([name, value]) =>
      [`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value] as const,
  )
  return [...colours, ['--font', fontFamily]]
}
