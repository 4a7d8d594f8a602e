/** R4 references.html §2.3.0.3 canonical references: `url|version`. */

export type Canonical = { readonly url: string; readonly version?: string }

/** The parts of a canonical; a fragment is left out. */
export function canonicalOf(text: string): Canonical {
  const [whole = ''] = text.split('#', 1)
  const cut = whole.lastIndexOf('|')
  return cut < 0 ? { url: whole } : { url: whole.slice(0, cut), version: whole.slice(cut + 1) }
}

/** As it is written. */
export function canonicalText({ url, version }: Canonical): string {
  return version === undefined || version === '' ? url : `${url}|${version}`
}

/** Later versions first: numbers by size, texts by their letters. */
export function byVersion(a: string | undefined, b: string | undefined): number {
  return (b ?? '').localeCompare(a ?? '', 'en', { numeric: true })
}
