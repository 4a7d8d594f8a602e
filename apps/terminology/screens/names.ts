/** R4 codesystem.html §4.8.7: the name of a concept in the language of the page, and its name in the other one. */
import type { NameRow } from '../contract.ts'

type Named = Pick<NameRow, 'code' | 'display' | 'designations'>
type Language = 'zh' | 'en'

/** The name to read; the code where there is none. */
export function nameOf(named: Named, language: Language): string {
  return inLanguage(named, language) ?? named.display ?? named.designations[0]?.value ?? named.code
}

/** A name that says it otherwise: in the other language, else the system's own; undefined where there is none. */
export function otherNameOf(named: Named, language: Language): string | undefined {
  const main = nameOf(named, language)
  const candidates = [inLanguage(named, language === 'zh' ? 'en' : 'zh'), named.display]
  return candidates.find((name) => name !== undefined && name !== main)
}

/** What is called a display or a fully specified name goes before synonyms. */
function inLanguage({ designations }: Named, language: Language): string | undefined {
  const fits = designations.filter((each) => each.language?.toLowerCase().split('-')[0] === language)
  return (fits.find(({ use }) => use === undefined || use.code === 'display') ?? fits[0])?.value
}

/** `url|version` as its parts (R4 references.html §2.3.0.3). */
export function canonicalOf(text: string): { readonly url: string; readonly version?: string } {
  const cut = text.lastIndexOf('|')
  return cut < 0 ? { url: text } : { url: text.slice(0, cut), version: text.slice(cut + 1) }
}

/** The end of a url, by which people know it. */
export function shortUrl(url: string): string {
  return url.split(/[/:]/).at(-1) || url
}
