/**
 * Fellegi and Sunter 1969, "A Theory for Record Linkage" (JASA 64:1183): a pair's weight is the sum over its fields of
 * log2(m/u), m being how often a field stands at that level among records of one person, u among records of two. Fields
 * are taken as independent given which of the two it is; what depends on one another is one field (contact of phone and
 * address). A field that either record has not weighs nothing. Term frequency as Winkler 1990: agreement on a value that
 * is rarer than usual says more, on a common one less.
 */

/** Level of each field, in the model's order, 0 the closest; -1 where there is nothing to compare. */
export type Levels = readonly number[]

export type FieldModel = {
  readonly field: string
  /** Names of the levels, closest first. */
  readonly levels: readonly string[]
  /** Shares of the levels among pairs of one person; together 1. */
  readonly m: readonly number[]
  /** The same among pairs of two persons. */
  readonly u: readonly number[]
}

export type Model = {
  /** Share of one person's pairs among the pairs that are compared. */
  readonly matching: number
  readonly fields: readonly FieldModel[]
}

/** How frequent the value is on which a field of this pair agrees, from 0 to 1; undefined where that is not known. */
export type FrequencyOf = (field: string) => number | undefined

export type FieldScore = {
  readonly field: string
  /** Absent where there was nothing to compare. */
  readonly level?: string
  /** Bits for one person; negative against. */
  readonly bits: number
  /** Bits that the rarity of the value added or took; part of `bits`. */
  readonly rarityBits?: number
}

export type Score = {
  /** Sum of the fields. */
  readonly bits: number
  /** That both are one person, given how many pairs are. */
  readonly probability: number
  readonly fields: readonly FieldScore[]
}

/** A share is never 0 or 1: no sample is large enough to say never. */
export const leastShare = 1e-7

/** The score of one pair, with what each field gave. */
export function scoreOf(model: Model, levels: Levels, frequencyOf?: FrequencyOf): Score {
  const fields = model.fields.map((field, index) => fieldScore(field, levels[index] ?? -1, frequencyOf))
  const bits = fields.reduce((sum, each) => sum + each.bits, 0)
  return { bits, probability: probabilityOf(model, bits), fields }
}

function fieldScore(field: FieldModel, level: number, frequencyOf: FrequencyOf | undefined): FieldScore {
  const name = field.levels[level]
  if (name === undefined) return { field: field.field, bits: 0 }
  const usual = levelBits(field, level)
  const frequency = level === 0 ? frequencyOf?.(field.field) : undefined
  if (frequency === undefined) return { field: field.field, level: name, bits: usual }
  const rarityBits = Math.log2(shareOf(field.u, level) / Math.max(leastShare, frequency))
  return { field: field.field, level: name, bits: usual + rarityBits, rarityBits }
}

/** log2(m/u) of a level. */
export function levelBits(field: FieldModel, level: number): number {
  return Math.log2(shareOf(field.m, level) / shareOf(field.u, level))
}

function shareOf(shares: readonly number[], level: number): number {
  return Math.max(leastShare, shares[level] ?? leastShare)
}

/** Bayes: the share of matching pairs before looking, moved by the bits that were found. */
export function probabilityOf({ matching }: Pick<Model, 'matching'>, bits: number): number {
  const prior = Math.log2(matching / (1 - matching))
  return 1 / (1 + 2 ** -(prior + bits))
}
