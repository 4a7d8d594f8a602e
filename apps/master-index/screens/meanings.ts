/** Codes of the index and the words for them. */
import type { Say } from '@xinglin/kit'
import type { EvidenceRule, Objection, PairOutcome, PairState, PersonLine, UndoPreview } from '../contract.ts'
import { type MasterIndexWord, words } from './words.ts'

type Word = MasterIndexWord

export const stateWords: Readonly<Record<PairState, Word>> = {
  open: 'stateOpen',
  later: 'stateLater',
  different: 'stateDifferent',
  same: 'stateSame',
  linked: 'stateLinked',
}

export const ruleWords: Readonly<Record<EvidenceRule, Word>> = {
  number: 'ruleNumber',
  document: 'ruleDocument',
  'name-birth-contact': 'ruleNameBirthContact',
  'name-birth': 'ruleNameBirth',
  'name-contact': 'ruleNameContact',
}

export const objectionWords: Readonly<Record<Objection, Word>> = {
  'two-numbers': 'againstTwoNumbers',
  'number-of-another': 'againstNumberOfAnother',
  'two-documents': 'againstTwoDocuments',
  placeholder: 'againstPlaceholder',
  twins: 'againstTwins',
  'sex-differs': 'againstSexDiffers',
  'name-differs': 'againstNameDiffers',
}

export const itemWords: Readonly<Record<UndoPreview['items'][number]['kind'], Word>> = {
  restored: 'itemRestored',
  'moved-back': 'itemMovedBack',
  deleted: 'itemDeleted',
  conflict: 'itemConflict',
}

const levels: ReadonlyMap<string, Word> = new Map([
  ['same', 'levelSame'],
  ['sound', 'levelSound'],
  ['former', 'levelFormer'],
  ['similar', 'levelSimilar'],
  ['part', 'levelPart'],
  ['different', 'levelDifferent'],
  ['plausible', 'levelPlausible'],
  ['year', 'levelYear'],
  ['close', 'levelClose'],
  ['slip', 'levelSlip'],
  ['both', 'levelBoth'],
  ['phone', 'levelPhone'],
  ['address', 'levelAddress'],
  ['area', 'levelArea'],
])
const fields: ReadonlyMap<string, Word> = new Map([
  ['name', 'fieldName'],
  ['birthDate', 'fieldBirthDate'],
  ['sex', 'fieldSex'],
  ['citizen', 'fieldCitizen'],
  ['document', 'fieldDocument'],
  ['contact', 'fieldContact'],
])

/** How two values compare, in words. */
export function levelText(say: Say<Word>, level: string | undefined): string {
  const word = level === undefined ? 'notCompared' : levels.get(level)
  return word ? sayKey(say, word) : (level ?? '')
}

/** A field of the comparison in words. */
export function fieldText(say: Say<Word>, field: string): string {
  const word = fields.get(field)
  return word ? sayKey(say, word) : field
}

/** A type of resource in words; its FHIR name where there is none. */
export function typeText(say: Say<Word>, type: string): string {
  const key = `type${type}`
  return isWord(key) ? sayKey(say, key) : type
}

function isWord(key: string): key is Word {
  return Object.hasOwn(words.zh, key)
}

/** Words without a count; those with one are asked for with their values. */
export function sayKey(say: Say<Word>, word: Word): string {
  return say(word as Parameters<Say<Word>>[0])
}

export const outcomeSigns: Readonly<Record<PairOutcome, { readonly sign: string; readonly tone: string }>> = {
  certain: { sign: '●', tone: 'x-green' },
  doubtful: { sign: '◐', tone: 'x-amber' },
  apart: { sign: '○', tone: 'x-quiet' },
}

/** A probability, never rounded up to a certainty. */
export function percentText(probability: number): string {
  const percent = Math.floor(probability * 1_000) / 10
  return probability > 0.999 ? '> 99.9%' : `${percent.toFixed(1)}%`
}

/** Bits with their sign. */
export function bitsText(bits: number): string {
  return `${bits > 0 ? '+' : bits < 0 ? '−' : ''}${Math.abs(bits).toFixed(1)}`
}

/** What a person is called in a sentence. */
export function calledText(say: Say<Word>, person: PersonLine): string {
  if (person.isHidden) return say('hidden')
  return person.name || say('nameless')
}

const genders: ReadonlyMap<string, 'male' | 'female' | 'other' | 'unknown'> = new Map([
  ['male', 'male'],
  ['female', 'female'],
  ['other', 'other'],
  ['unknown', 'unknown'],
])

/** A sex in words; empty where none is known. */
export function sexText(say: Say<Word>, gender: string | undefined): string {
  const word = genders.get(gender ?? '')
  return word ? say(word) : ''
}
