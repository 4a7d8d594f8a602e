/**
 * What is made of a pair: Fellegi and Sunter's three regions, with rules of registration between them. Above the upper
 * threshold a pair is certain only where one deterministic rule holds and nothing speaks against it; everything else from
 * the lower threshold on is for a person to judge.
 */
import { comparePeople, type PersonField, personFields } from './compare.ts'
import { type FrequencyOf, type Levels, type Model, type Score, scoreOf } from './fellegi-sunter.ts'
import type { Person } from './person.ts'

/** Deterministic rules of which one must hold. */
export const evidenceRules = [
  'number',
  'document',
  'name-birth-contact',
  'name-birth',
  'name-contact',
] as const
export type EvidenceRule = (typeof evidenceRules)[number]

/** What keeps a pair from being certain, whatever its weight. */
export const objections = [
  'two-numbers',
  'number-of-another',
  'two-documents',
  'placeholder',
  'twins',
  'sex-differs',
  'name-differs',
] as const
export type Objection = (typeof objections)[number]

export type Thresholds = {
  /** Probability from which a pair is certain. */
  readonly upper: number
  /** Probability from which a person is asked. */
  readonly lower: number
  /** The deterministic rules in force. */
  readonly evidence: readonly EvidenceRule[]
}

export type Verdict = {
  readonly outcome: 'certain' | 'doubtful' | 'apart'
  readonly score: Score
  readonly evidence: readonly EvidenceRule[]
  readonly objections: readonly Objection[]
}

export type Judging = {
  readonly model: Model
  readonly thresholds: Thresholds
  readonly frequencyOf?: FrequencyOf
}

/** Compares two people and judges; the same for both orders. */
export function judge(left: Person, right: Person, judging: Judging): Verdict {
  return judgeLevels(comparePeople(left, right), [left, right], judging)
}

/** The same for levels that are known already. */
export function judgeLevels(levels: Levels, pair: readonly [Person, Person], judging: Judging): Verdict {
  const { model, thresholds, frequencyOf } = judging
  const score = scoreOf(model, levels, frequencyOf)
  if (score.probability < thresholds.lower) return { outcome: 'apart', score, evidence: [], objections: [] }
  const evidence = evidenceOf(levels).filter((rule) => thresholds.evidence.includes(rule))
  const against = objectionsTo(levels, pair)
  const isCertain = score.probability >= thresholds.upper && evidence.length > 0 && against.length === 0
  return { outcome: isCertain ? 'certain' : 'doubtful', score, evidence, objections: against }
}

const levelAt = (levels: Levels, field: PersonField) =>
  levels[personFields.findIndex((each) => each.field === field)] ?? -1

/** Whether a field was compared and stands at `worst` or closer. */
function isWithin(levels: Levels, field: PersonField, worst: number): boolean {
  const level = levelAt(levels, field)
  return level >= 0 && level <= worst
}

/** Whether a field was compared and speaks against. */
function isWithout(levels: Levels, field: PersonField): boolean {
  return levelAt(levels, field) > yearOnly
}

const [formerName, similarName, partOfName] = [2, 3, 4]
const [plausibleDate, yearOnly] = [1, 2]
const sameAddress = 2

function evidenceOf(levels: Levels): readonly EvidenceRule[] {
  const isNamed = isWithin(levels, 'name', similarName)
  const isBorn = isWithin(levels, 'birthDate', plausibleDate)
  const holds: Readonly<Record<EvidenceRule, boolean>> = {
    number: isWithin(levels, 'citizen', 0) && (isNamed || isBorn),
    document: isWithin(levels, 'document', 0) && isNamed && isWithin(levels, 'birthDate', yearOnly),
    'name-birth-contact':
      isNamed && isWithin(levels, 'birthDate', yearOnly) && isWithin(levels, 'contact', sameAddress),
    'name-birth': isWithin(levels, 'name', formerName) && isBorn,
    'name-contact':
      isWithin(levels, 'name', 0) && isWithin(levels, 'contact', 0) && !isWithout(levels, 'birthDate'),
  }
  return evidenceRules.filter((rule) => holds[rule])
}

function objectionsTo(levels: Levels, [left, right]: readonly [Person, Person]): readonly Objection[] {
  const isNumbered = isWithin(levels, 'citizen', 0)
  const isNamed = isWithin(levels, 'name', similarName)
  const isBorn = isWithin(levels, 'birthDate', plausibleDate)
  const isOneOfMany = left.isMultiple === true || right.isMultiple === true
  const raised: Readonly<Record<Objection, boolean>> = {
    'two-numbers': levelAt(levels, 'citizen') === 2,
    'number-of-another': isNumbered && !isNamed && !isBorn,
    'two-documents': levelAt(levels, 'document') === 1 && !isNumbered,
    placeholder: left.stands !== undefined || right.stands !== undefined,
    twins:
      !isNumbered &&
      isBorn &&
      isWithin(levels, 'contact', sameAddress) &&
      !isWithin(levels, 'name', isOneOfMany ? formerName : similarName) &&
      isWithin(levels, 'name', partOfName),
    'sex-differs': levelAt(levels, 'sex') === 1 && !isNumbered,
    'name-differs': levelAt(levels, 'name') > similarName && !(isNumbered && isBorn),
  }
  return objections.filter((objection) => raised[objection])
}
