/**
 * FHIR R4 §3.1.1.4.4 `:text`: what is written beside codes and references. Displays repeat, so each is kept once in a
 * dictionary of the institution (`records.display`), where words are looked for; a resource has a term for each of its own.
 */
import { foldText, type IndexValues } from '@xinglin/fhir/search'
import { pinyinOf } from './pinyin.ts'
import { isStored, sourcesOf } from './sources.ts'
import { type Space, textTerm } from './space.ts'

/** Longer texts are no displays; their beginning is compared. */
const mostCharacters = 500

/** A text beside a code or reference, folded, with the parameters that it stands under. */
export type Beside = { readonly parameter: string; readonly text: string }

/** The texts of a resource, each under the names that it is stored by. */
export function textsBeside(
  type: string,
  { tokens, references }: Pick<IndexValues, 'tokens' | 'references'>,
): readonly Beside[] {
  const found: Beside[] = []
  for (const values of [tokens, references])
    for (const { parameter, text } of values)
      if (text && isStored(type, parameter)) found.push({ parameter, text: displayOf(text) })
  return found
}

/** The form in which a display is kept and compared. */
export function displayOf(text: string): string {
  return foldText(text).slice(0, mostCharacters).replaceAll('\0', '')
}

/** The terms of a text under one parameter. */
export function besideTerms(space: Space, parameter: string, texts: readonly string[]): readonly bigint[] {
  return sourcesOf(space.type, parameter).flatMap((source) =>
    texts.map((text) => textTerm(space, `${source}:text`, text)),
  )
}

/** What words are looked for in: the text, and what is typed for its Chinese. */
export function spelledDisplay(text: string): string {
  return [text, ...pinyinOf(text)].join('\n')
}
