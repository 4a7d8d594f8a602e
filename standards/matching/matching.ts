/** Whether two records are one person: pure code, made for how people are registered in China. */

export { comparePeople, type PersonField, personFields } from './compare.ts'
export { editDistance, jaro, jaroWinkler } from './distance.ts'
export {
  type FieldModel,
  type FieldScore,
  type FrequencyOf,
  type Levels,
  levelBits,
  type Model,
  probabilityOf,
  type Score,
  scoreOf,
} from './fellegi-sunter.ts'
export { frequenciesOf, type NameFrequencies, nameFrequencies } from './frequencies.ts'
export { type CitizenNumber, checkCharacter, citizenNumber } from './identity-number.ts'
export { blockingKeys, largestBlock } from './keys.ts'
export { foldedSound, nameOf, type PersonName } from './names.ts'
export { type Person, personOf } from './person.ts'
export {
  allPairs,
  countPatterns,
  type Pattern,
  startingModel,
  type Training,
  type TrainingOptions,
  train,
} from './train.ts'
export { matchingAmong, usualModel, usualThresholds } from './usual.ts'
export {
  type EvidenceRule,
  evidenceRules,
  type Judging,
  judge,
  judgeLevels,
  type Objection,
  objections,
  type Thresholds,
  type Verdict,
} from './verdict.ts'
