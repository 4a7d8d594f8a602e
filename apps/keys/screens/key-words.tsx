/** Words of keys: purposes by their name in the field, ages in days. */
import { type Say, useWords } from '@xinglin/kit'
import { type KeysWord, words } from './words.ts'

const dayMs = 24 * 3_600_000

export function purposeText(purpose: string, say: Say<KeysWord>): string {
  const word = `purpose-${purpose.replaceAll('.', '-')}`
  return isWord(word) ? say(word) : purpose
}

function isWord(word: string): word is KeysWord {
  return Object.hasOwn(words.zh, word)
}

/** Whole days since an instant. */
export function Age({ of }: { readonly of: string }) {
  const say = useWords(words)
  const days = Math.max(0, Math.floor((Date.now() - Date.parse(of)) / dayMs))
  return <>{say('ageDays', { count: days })}</>
}
