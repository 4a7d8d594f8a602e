/** The colours of the look, light and dark, without anything of a library: theme.ts turns them into Ant Design's tokens. */

export type Tone = 'light' | 'dark'

/** Colour carries meaning only; each foreground reaches WCAG AA (4.5:1) on `ground`, `raised` and its own soft ground. */
export type Palette = {
  readonly ground: string
  readonly raised: string
  readonly line: string
  readonly ink: string
  readonly quiet: string
  readonly accent: string
  readonly onAccent: string
  readonly accentSoft: string
  readonly red: string
  readonly redSoft: string
  readonly amber: string
  readonly amberSoft: string
  readonly green: string
  readonly greenSoft: string
  readonly blue: string
  readonly blueSoft: string
  readonly purple: string
  readonly purpleSoft: string
  /** Ground of what has just arrived. */
  readonly fresh: string
}

export const palettes: Readonly<Record<Tone, Palette>> = {
  light: {
    ground: '#ffffff',
    raised: '#f4f6f6',
    line: '#d9e0df',
    ink: '#14201f',
    quiet: '#54625f',
    accent: '#0b6660',
    onAccent: '#ffffff',
    accentSoft: '#e0efed',
    red: '#b3202a',
    redSoft: '#fdebeb',
    amber: '#855300',
    amberSoft: '#fff3d9',
    green: '#1b6b3a',
    greenSoft: '#e3f4e9',
    blue: '#1d5aa6',
    blueSoft: '#e6effa',
    purple: '#6a3d9f',
    purpleSoft: '#f1e9fa',
    fresh: '#fff6bf',
  },
  dark: {
    ground: '#111615',
    raised: '#19201f',
    line: '#303a38',
    ink: '#e3eae8',
    quiet: '#a0b0ac',
    accent: '#45bcb0',
    onAccent: '#05201d',
    accentSoft: '#14342f',
    red: '#ff8f89',
    redSoft: '#3b1917',
    amber: '#eab650',
    amberSoft: '#33280d',
    green: '#74d093',
    greenSoft: '#16301f',
    blue: '#82b8f6',
    blueSoft: '#16283d',
    purple: '#c6a5f1',
    purpleSoft: '#2a1d3b',
    fresh: '#3d3812',
  },
}
