/** The words by which staff look for a patient: 汉字, pinyin, initials, every identifier, phone numbers. */
import type { ContactPoint, HumanName, Patient } from '@xinglin/fhir'
import { isSealedWord, type SealedWords } from '@xinglin/records'
import { pinyin } from 'pinyin-pro'

/** Smaller is better: of two patients whose terms are equal the one with the smaller weight comes first. */
export const weights = {
  identifier: 0,
  name: 1,
  pinyin: 2,
  initials: 3,
  phone: 4,
  givenName: 5,
  givenPinyin: 6,
  phoneTail: 7,
} as const

export type Term = { readonly term: string; readonly weight: number }

/** Longer terms than this are no words that anybody types; the btree row stays small. */
const longestTerm = 64
const sealedSign = '~'
/** Staff ask for 尾号, the last four digits. */
const phoneTailDigits = 4

/** Lower case without accents, spaces and punctuation: how both the stored and the typed words are compared. */
export function normalise(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .slice(0, longestTerm)
}

/** All terms of a patient, each once with its best weight, ordered. */
export function termsOf(patient: Patient, words?: SealedWords): readonly Term[] {
  const worded = words?.inWords(patient)
  const terms = [
    ...(patient.identifier ?? []).map(({ value = '' }, index) => ({
      term: isSealed(worded?.identifier?.[index]?.value) ? wordOf(value, words) : value,
      weight: weights.identifier,
    })),
    ...(patient.name ?? []).flatMap(nameTerms),
    ...(patient.telecom ?? []).flatMap((point, index) =>
      phoneTerms(point).map(({ term, weight }) => ({
        term: isSealed(worded?.telecom?.[index]?.value) ? wordOf(term, words) : term,
        weight,
      })),
    ),
  ]
  const best = new Map<string, number>()
  for (const { term, weight } of terms) {
    const normal = term.startsWith(sealedSign) ? term : normalise(term)
    if (normal !== '') best.set(normal, Math.min(weight, best.get(normal) ?? weight))
  }
  return [...best]
    .map(([term, weight]) => ({ term, weight }))
    .sort((left, right) => (left.term < right.term ? -1 : 1))
}

function isSealed(value: string | undefined): boolean {
  return value !== undefined && isSealedWord(value)
}

/** What stands for a sealed term: found whole. */
function wordOf(term: string, words: SealedWords | undefined): string {
  const word = words?.word(normalise(term))
  return word === undefined ? '' : sealedTerm(word)
}

/** A sealed term begins with what no typed text has once it is normalised. */
export function sealedTerm(word: string): string {
  return `${sealedSign}${word}`
}

function nameTerms(name: HumanName): readonly Term[] {
  const family = name.family ?? ''
  const given = (name.given ?? []).join('')
  const full = hanOrder(name)
  if (isHan(full)) return hanTerms(full, family)
  const words = [
    ...(name.given ?? []),
    ...family.split(' '),
    ...(family || given ? [] : (name.text ?? '').split(' ')),
  ]
  return [
    { term: full, weight: weights.name },
    { term: `${given}${family}`, weight: weights.name },
    { term: `${family}${given}`, weight: weights.name },
    ...words.map((term) => ({ term, weight: weights.givenName })),
  ]
}

function hanTerms(full: string, family: string): readonly Term[] {
  const surnameLength = isHan(family) && full.startsWith(family) ? family.length : 1
  const read = pinyin(full, {
    toneType: 'none',
    type: 'array',
    surname: 'head',
    v: false,
    nonZh: 'consecutive',
  })
  // 吕 is typed lv by most input methods and lu by the passport's eye.
  const readings = read.some((syllable) => syllable.includes('ü')) ? ['v', 'u'] : ['']
  return [
    { term: full, weight: weights.name },
    { term: full.slice(surnameLength), weight: weights.givenName },
    ...readings.flatMap((letter) =>
      pinyinTerms(
        read.map((syllable) => syllable.replace('ü', letter)),
        surnameLength,
      ),
    ),
  ]
}

function pinyinTerms(syllables: readonly string[], surnameLength: number): readonly Term[] {
  return [
    { term: syllables.join(''), weight: weights.pinyin },
    { term: syllables.map((syllable) => syllable[0] ?? '').join(''), weight: weights.initials },
    { term: syllables.slice(surnameLength).join(''), weight: weights.givenPinyin },
  ]
}

/** The name in the order in which it is spoken: family name first in Chinese. */
export function hanOrder(name: HumanName): string {
  const family = name.family ?? ''
  const given = name.given ?? []
  if (isHan(family) || isHan(given.join(''))) return `${family}${given.join('')}`
  return name.text ?? [...given, family].filter(Boolean).join(' ')
}

function phoneTerms({ system, value }: ContactPoint): readonly Term[] {
  if (system !== undefined && system !== 'phone' && system !== 'sms') return []
  const digits = (value ?? '').replace(/^(?:\+|00)86/, '').replaceAll(/\D/g, '')
  if (digits.length < phoneTailDigits) return []
  return [
    { term: digits, weight: weights.phone },
    { term: digits.slice(-phoneTailDigits), weight: weights.phoneTail },
  ]
}

const isHan = (text: string) => /\p{Script=Han}/u.test(text)
