/**
 * What a refusal says in Chinese, by its code of docs/errors.md: data in `zh/<first word of the code>.json`. `{name}` stands
 * for a value of the failure, `{at}` for the element concerned; a part in `[…]` is left out where its value is not known.
 */
import { readdirSync, readFileSync } from 'node:fs'
import wordsInChinese from './words.zh.json' with { type: 'json' }

export type Values = Readonly<Record<string, string | number>>

/** Machine words that a sentence names: interactions, rules of passwords, laws. */
const words: Readonly<Record<string, string>> = wordsInChinese
const chinese: ReadonlyMap<string, string> = read(new URL('./zh/', import.meta.url))

/** The Chinese sentence of a code; undefined where it has none. */
export function chineseSentence(code: string, values: Values): string | undefined {
  return chinese
    .get(code)
    ?.replace(/\[([^\]]*)\]/g, (_, part: string) => (isWhole(part, values) ? part : ''))
    .replace(placeholder, (_, name: string) => wordOf(values[name] ?? ''))
}

function wordOf(value: string | number): string {
  return (Object.hasOwn(words, value) ? words[value] : undefined) ?? String(value)
}

const placeholder = /\{(\w+)\}/g

function isWhole(part: string, values: Values): boolean {
  return [...part.matchAll(placeholder)].every(([, name = '']) => values[name] !== undefined)
}

function read(folder: URL): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => {
        const sentences: Readonly<Record<string, string>> = JSON.parse(
          readFileSync(new URL(file, folder), 'utf8'),
        )
        return Object.entries(sentences)
      }),
  )
}
