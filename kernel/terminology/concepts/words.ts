/**
 * What a concept is found by: each word of its code, display and designations, each place in a run of Chinese characters,
 * and their pinyin and initials from each syllable on (糖尿病 → 糖尿病, 尿病, 病, tangniaobing, niaobing, bing, tnb, nb, b).
 * Whoever types any beginning of one of them finds the concept. Folded as the record folds strings: case, accents, width.
 */
import { foldText } from '@xinglin/fhir/search'
import { pinyin } from 'pinyin-pro'
import type { Concept } from './concept.ts'

/** Longer runs are asked for in pieces of this length; a name that differs after eight characters is rare. */
const mostCharacters = 8
/** Letters of a word, of a pinyin spelling and of initials that are kept. */
const mostLetters = 40
const mostSpelled = 24
const mostInitials = 12
/** Sentences are read, not typed. */
const mostSpelledCharacters = 60

const run = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu
const isHan = /\p{Script=Han}/u

/** All words of a concept, each once. */
export function wordsOf({
  code,
  display,
  designations,
}: Pick<Concept, 'code' | 'display' | 'designations'>): ReadonlySet<string> {
  const words = new Set<string>([foldText(code).slice(0, mostLetters)])
  for (const text of [code, display ?? '', ...designations.map(({ value }) => value)]) addText(words, text)
  words.delete('')
  return words
}

function addText(words: Set<string>, text: string): void {
  for (const [part] of foldText(text).matchAll(run)) {
    if (isHan.test(part)) addChinese(words, part)
    else words.add(part.slice(0, mostLetters))
  }
}

function addChinese(words: Set<string>, part: string): void {
  const characters = Array.from(part)
  for (let at = 0; at < characters.length; at++) words.add(characters.slice(at, at + mostCharacters).join(''))
  const spelled = pinyin(characters.slice(0, mostSpelledCharacters).join(''), {
    toneType: 'none',
    type: 'array',
    v: true,
  })
  for (let at = 0; at < spelled.length; at++) {
    const syllables = spelled.slice(at, at + mostInitials)
    words.add(syllables.join('').slice(0, mostSpelled))
    words.add(syllables.map((syllable) => Array.from(syllable)[0] ?? '').join(''))
  }
}

/**
 * What a typed text asks: of each alternative in turn one must hold, and in an alternative each word must begin a word of
 * the concept. Empty where nothing to compare was typed.
 */
export function questionOf(text: string): readonly (readonly (readonly string[])[])[] {
  return foldText(text)
    .split(' ')
    .map((typed) => {
      const parts = [...typed.matchAll(run)].flatMap(([part]) => piecesOf(part))
      // A code is typed with its dots and dashes.
      return parts.length > 1 && !isHan.test(typed) ? [[typed.slice(0, mostLetters)], parts] : [parts]
    })
    .filter((alternatives) => alternatives.some((parts) => parts.length > 0))
}

function piecesOf(part: string): readonly string[] {
  if (!isHan.test(part)) return [part.slice(0, mostSpelled)]
  const characters = Array.from(part)
  return Array.from({ length: Math.ceil(characters.length / mostCharacters) }, (_, at) =>
    characters.slice(at * mostCharacters, (at + 1) * mostCharacters).join(''),
  )
}

/** Whether words answer a question. */
export function answers(words: ReadonlySet<string>, question: ReturnType<typeof questionOf>): boolean {
  const begins = (piece: string) => words.has(piece) || words.values().some((word) => word.startsWith(piece))
  return question.every((alternatives) =>
    alternatives.some((pieces) => pieces.length > 0 && pieces.every(begins)),
  )
}
