/** Keys of the viewer; the table stands in the README of imaging too. */

export type Mode = 'window' | 'zoom' | 'pan' | 'length'
export type ViewerAct =
  | { readonly kind: 'step'; readonly by: number }
  | { readonly kind: 'edge'; readonly to: 'first' | 'last' }
  | { readonly kind: 'series'; readonly by: number }
  | { readonly kind: 'mode'; readonly mode: Mode }
  | { readonly kind: 'preset'; readonly index: number }
  | { readonly kind: 'invert' | 'fit' | 'reset' | 'cine' }

const acts: Readonly<Record<string, ViewerAct>> = {
  ArrowDown: { kind: 'step', by: 1 },
  ArrowUp: { kind: 'step', by: -1 },
  PageDown: { kind: 'step', by: 10 },
  PageUp: { kind: 'step', by: -10 },
  Home: { kind: 'edge', to: 'first' },
  End: { kind: 'edge', to: 'last' },
  ArrowRight: { kind: 'series', by: 1 },
  ArrowLeft: { kind: 'series', by: -1 },
  w: { kind: 'mode', mode: 'window' },
  z: { kind: 'mode', mode: 'zoom' },
  p: { kind: 'mode', mode: 'pan' },
  l: { kind: 'mode', mode: 'length' },
  i: { kind: 'invert' },
  f: { kind: 'fit' },
  r: { kind: 'reset' },
  ' ': { kind: 'cine' },
}

/** What a key does; undefined for keys that are not the viewer's (typing, browser shortcuts). */
export function actOfKey(event: {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}): ViewerAct | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  if (/^[1-5]$/.test(event.key)) return { kind: 'preset', index: Number(event.key) - 1 }
  return acts[event.key.length === 1 ? event.key.toLowerCase() : event.key]
}
