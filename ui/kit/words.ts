/** The words of the screens: one catalogue an app, Chinese and English with the same keys (the compiler checks both). */
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

export type Entries<Key extends string> = Readonly<Record<Key, string>>
export type Catalogue<Key extends string = string> = {
  readonly name: string
  readonly zh: Entries<Key>
  readonly en: Entries<Key>
}

/** `{{count}}` entries may stand as `key_one` and `key_other`; they are asked for as `key`. */
type Asked<Key extends string> = Key extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : Key
export type Say<Key extends string> = (
  key: Asked<Key>,
  values?: Readonly<Record<string, string | number>>,
) => string

/** Declares a catalogue; `name` is the app's id. */
export function catalogue<Key extends string>(
  name: string,
  words: { readonly zh: Entries<Key>; readonly en: Entries<NoInfer<Key>> },
): Catalogue<Key> {
  return { name, ...words }
}

/** The words of a catalogue in the language of the page; the answer changes when the language does. */
export function useWords<Key extends string>(words: Catalogue<Key>): Say<Key> {
  const { t, i18n } = useTranslation(words.name)
  if (!i18n.hasResourceBundle('zh', words.name)) {
    i18n.addResourceBundle('zh', words.name, words.zh)
    i18n.addResourceBundle('en', words.name, words.en)
  }
  return useCallback(
    (key, values) => {
      const word: string = key
      return t(word, { ...values, ns: words.name })
    },
    [t, words.name],
  )
}

/** What is wrong with a catalogue, in sentences: keys on one side only, empty words, other placeholders, untranslated. */
export function faultsOf(words: Catalogue): readonly string[] {
  const keys = new Set([...Object.keys(words.zh), ...Object.keys(words.en)])
  return [...keys].flatMap((key) => faultsOfEntry(`${words.name}: ${key}`, words.zh[key], words.en[key]))
}

function faultsOfEntry(name: string, zh: string | undefined, en: string | undefined): string[] {
  if (!zh) return [`${name} has no Chinese words`]
  if (!en) return [`${name} has no English words`]
  if (placeholders(zh) !== placeholders(en))
    return [`${name} has other placeholders in Chinese than in English`]
  if (/\p{Script=Han}/u.test(en)) return [`${name} has Chinese characters in its English words`]
  return []
}

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)]
    .map((match) => match[1])
    .sort()
    .join()
