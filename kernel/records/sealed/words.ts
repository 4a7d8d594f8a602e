/**
 * What search compares of sealed texts: each text becomes a keyed hash of itself, which equal texts share and nobody without
 * the key can guess from. A text is found whole or not at all.
 */
import { createHmac } from 'node:crypto'
import { hiddenIn, isConcerned, type SealingRules } from './rules.ts'

/** The keyed hash of a text. */
export type Word = (text: string) => string

/** No number, telephone or address begins so. */
const mark = 'sealed:'
/** 128 bits: no two texts of a hospital meet. */
const wordBytes = 16

export function wordBy(hashName: string, key: Uint8Array): Word {
  return (text) =>
    `${mark}${createHmac(hashName, key).update(text).digest().subarray(0, wordBytes).toString('base64url')}`
}

/** Codes that say what a text is, not what it says. */
const clear: ReadonlySet<string> = new Set(['resourceType', 'system', 'use', 'type', 'url', 'start', 'end'])

/** The resource with every sealed text replaced by its word: for the index alone. */
export function inWords<R extends object>(resource: R, rules: SealingRules, word: Word): R {
  return replaced(resource, rules, word) as R
}

/** Whether `inWords` may change anything of it. */
export function hasWords(json: string, rules: SealingRules): boolean {
  return isConcerned(json, rules)
}

function replaced(value: unknown, rules: SealingRules, word: Word): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(item, rules, word))
  if (!isObject(value)) return value
  const isHidden = hiddenIn(value, rules)
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isHidden?.(name) ? hashed(member, word) : replaced(member, rules, word),
    ]),
  )
}

function hashed(value: unknown, word: Word): unknown {
  if (typeof value === 'string') return word(value)
  if (Array.isArray(value)) return value.map((item) => hashed(item, word))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, clear.has(name) ? member : hashed(member, word)]),
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Whether a text is the word of a sealed one. */
export function isSealedWord(text: string): boolean {
  return text.startsWith(mark)
}
