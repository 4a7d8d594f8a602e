/**
 * Names as registration desks of China write them: full and half width, traditional characters, characters of the same
 * sound, slips of a pinyin keyboard, maiden and former names, names in Latin letters.
 */
import { Converter } from 'opencc-js/t2cn'
import { pinyin, polyphonic } from 'pinyin-pro'
import { editDistance, jaroWinkler } from './distance.ts'

export type PersonName = {
  /** Simplified, half width, lower case, without spaces and points. */
  readonly text: string
  /** Pinyin of each character, as it is read in this name; empty for a name in Latin letters. */
  readonly sounds: readonly string[]
  readonly isFormer?: boolean
}

/** Worst last. */
export const nameLevels = ['same', 'sound', 'former', 'similar', 'part', 'different'] as const
export type NameLevel = (typeof nameLevels)[number]

const toSimplified = Converter({ from: 't', to: 'cn' })
const isHan = /\p{Script=Han}/u
/** Jaro-Winkler from which two names in Latin letters are one name misspelt. */
const similarLatin = 0.9

/** A name ready for comparison; undefined where no letter is left. */
export function nameOf(text: string, { isFormer = false } = {}): PersonName | undefined {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s]/gu, '')
    .trim()
  if (plain === '') return undefined
  const former = isFormer ? { isFormer } : {}
  if (!isHan.test(plain)) return { text: plain.split(/\s+/u).toSorted().join(' '), sounds: [], ...former }
  const simplified = toSimplified(plain.replaceAll(/\s/gu, ''))
  return { text: simplified, sounds: soundsOf(simplified), ...former }
}

function soundsOf(text: string): readonly string[] {
  return pinyin(text, { toneType: 'none', type: 'array', surname: 'head', nonZh: 'consecutive', v: true })
}

/** How two names compare. */
export function compareNames(left: PersonName, right: PersonName): NameLevel {
  const level =
    left.sounds.length > 0 && right.sounds.length > 0 ? compareHan(left, right) : compareLatin(left, right)
  const isAlike = level === 'same' || level === 'sound'
  return isAlike && (left.isFormer === true || right.isFormer === true) ? 'former' : level
}

function compareLatin(left: PersonName, right: PersonName): NameLevel {
  if (left.text === right.text) return 'same'
  // One desk typed characters and the other pinyin.
  const [letters, other] = [lettersOf(left), lettersOf(right)]
  if (letters === other) return 'sound'
  if (jaroWinkler(letters, other) >= similarLatin) return 'similar'
  const words = new Set(left.text.split(' '))
  return right.text.split(' ').some((word) => word.length > 1 && words.has(word)) ? 'part' : 'different'
}

/** Family name and given name in letters, in the order of the alphabet: which comes first differs by desk. */
function lettersOf({ text, sounds }: PersonName): string {
  const [family = '', ...given] = sounds
  const words = sounds.length > 0 ? [family, given.join('')] : text.split(' ')
  return words.toSorted().join('')
}

function compareHan(left: PersonName, right: PersonName): NameLevel {
  if (left.text === right.text) return 'same'
  const [a, b] = [Array.from(left.text), Array.from(right.text)]
  if (a.length === b.length) {
    const unlike = a.flatMap((character, index) =>
      soundsAlike(character, b[index] ?? '', [left.sounds[index], right.sounds[index]]) ? [] : [index],
    )
    if (unlike.length === 0) return 'sound'
    if (unlike.length === 1 && unlike.every((index) => isKeySlip(left.sounds[index], right.sounds[index])))
      return 'similar'
    if (editDistance(left.text, right.text) === 1 && a.length > 3) return 'similar'
    if (a.length > 1 && a.toSorted().join('') === b.toSorted().join('')) return 'similar'
  } else if (isShortened(a, b) || isShortened(b, a)) return 'similar'
  return left.sounds[0] === right.sounds[0] || a.at(-1) === b.at(-1) ? 'part' : 'different'
}

/** One character was left out: of two given names one, or of a double surname its second. */
function isShortened(short: readonly string[], long: readonly string[]): boolean {
  if (short.length < 2 || long.length !== short.length + 1) return false
  return long.some((_, index) => long.toSpliced(index, 1).join('') === short.join(''))
}

function soundsAlike(
  left: string,
  right: string,
  [sound, other]: readonly [string | undefined, string | undefined],
): boolean {
  if (left === right || (sound !== undefined && sound === other)) return true
  const readings = readingsOf(left)
  return readings.length > 0 && readingsOf(right).some((reading) => readings.includes(reading))
}

// 8,000 characters at most stand in names; asking the dictionary each time costs 20 µs.
const knownReadings = new Map<string, readonly string[]>()

/** Every reading of a character without tone: 单 → dan, shan, chan. */
export function readingsOf(character: string): readonly string[] {
  const known = knownReadings.get(character)
  if (known) return known
  const [readings = ''] = isHan.test(character)
    ? polyphonic(character, { toneType: 'none', type: 'array', v: true })
    : ['']
  const list = [...new Set([readings].flat().filter((reading) => reading !== ''))]
  knownReadings.set(character, list)
  return list
}

/** Whether one key more, less, other or swapped, or an accent of the south (zh and z, n and l, ing and in), tells two syllables apart. */
function isKeySlip(left = '', right = ''): boolean {
  return foldedSound(left) === foldedSound(right) || editDistance(left, right) === 1
}

/** A syllable as the accents of the south do not tell it from others: zhang → zan, ling → nin. */
export function foldedSound(sound: string): string {
  return sound
    .replace(/^([zcs])h/, '$1')
    .replace(/^l/, 'n')
    .replace(/^hu(?=[aiou])/, 'f')
    .replace(/ng$/, 'n')
}
