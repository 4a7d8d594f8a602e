/**
 * Weights from pairs of which nobody said whether they match: expectation and maximisation (Dempster, Laird and Rubin
 * 1977) for the model of Fellegi and Sunter, as Herzog, Scheuren and Winkler 2007 give it ("Data Quality and Record Linkage
 * Techniques", chapter 9). Pairs come counted by their levels, so a round costs what there are of different patterns.
 */
import { type FieldModel, type Levels, leastShare, type Model } from './fellegi-sunter.ts'

export type Pattern = { readonly levels: Levels; readonly count: number }

export type TrainingOptions = {
  readonly mostRounds?: number
  /** Ends when no share moves by more. */
  readonly tolerance?: number
  /** Keeps u as it is: for pairs that blocking chose, which tell nothing of chance agreement. */
  readonly keepsChance?: boolean
}

export type Training = {
  readonly model: Model
  readonly rounds: number
  /** Log likelihood (natural) after each round; it never falls. */
  readonly likelihoods: readonly number[]
}

/** No set of pairs has seen every error that desks make. */
const leastMatchingShare = 5e-4
const usualRounds = 200
const usualTolerance = 1e-5

/** The most likely model, from `start` on. */
export function train(patterns: readonly Pattern[], start: Model, options: TrainingOptions = {}): Training {
  const { mostRounds = usualRounds, tolerance = usualTolerance, keepsChance = false } = options
  const likelihoods: number[] = []
  let model = start
  while (likelihoods.length < mostRounds) {
    const expected = patterns.map(({ levels, count }) => ({ levels, count, ...expectation(model, levels) }))
    likelihoods.push(expected.reduce((sum, { count, likelihood }) => sum + count * Math.log(likelihood), 0))
    const next = maximise(model, expected, keepsChance)
    const moved = distance(model, next)
    model = next
    if (moved <= tolerance) break
  }
  return { model, rounds: likelihoods.length, likelihoods }
}

type Expected = Pattern & { readonly belongs: number }

function expectation(model: Model, levels: Levels): { belongs: number; likelihood: number } {
  const [m, u] = [product(model.fields, levels, 'm'), product(model.fields, levels, 'u')]
  const likelihood = model.matching * m + (1 - model.matching) * u
  return { belongs: likelihood > 0 ? (model.matching * m) / likelihood : 0, likelihood }
}

function product(fields: readonly FieldModel[], levels: Levels, of: 'm' | 'u'): number {
  return fields.reduce((result, field, index) => {
    const level = levels[index] ?? -1
    return level < 0 ? result : result * Math.max(leastShare, field[of][level] ?? leastShare)
  }, 1)
}

function maximise(model: Model, expected: readonly Expected[], keepsChance: boolean): Model {
  const pairs = expected.reduce((sum, { count }) => sum + count, 0)
  const matching = expected.reduce((sum, { count, belongs }) => sum + count * belongs, 0)
  return {
    matching: Math.min(1 - leastShare, Math.max(leastShare, matching / pairs)),
    fields: model.fields.map((field, index) => ({
      ...field,
      m: shares(field, index, {
        expected,
        weightOf: ({ belongs }) => belongs,
        before: field.m,
        least: leastMatchingShare,
      }),
      u: keepsChance
        ? field.u
        : shares(field, index, {
            expected,
            weightOf: ({ belongs }) => 1 - belongs,
            before: field.u,
            least: leastShare,
          }),
    })),
  }
}

type Counting = {
  readonly expected: readonly Expected[]
  readonly weightOf: (pattern: Expected) => number
  /** Stands where no pair says anything of the field. */
  readonly before: readonly number[]
  readonly least: number
}

function shares(
  field: FieldModel,
  index: number,
  { expected, weightOf, before, least }: Counting,
): readonly number[] {
  const counted = field.levels.map(() => 0)
  let all = 0
  for (const pattern of expected) {
    const level = pattern.levels[index] ?? -1
    if (level < 0) continue
    const weight = pattern.count * weightOf(pattern)
    counted[level] = (counted[level] ?? 0) + weight
    all += weight
  }
  return all > 0 ? counted.map((count) => Math.max(least, count / all)) : before
}

function distance(left: Model, right: Model): number {
  const moved = left.fields.flatMap((field, index) => [
    ...field.m.map((share, level) => Math.abs(share - (right.fields[index]?.m[level] ?? 0))),
    ...field.u.map((share, level) => Math.abs(share - (right.fields[index]?.u[level] ?? 0))),
  ])
  return Math.max(Math.abs(left.matching - right.matching), ...moved)
}

/** Pairs counted by their levels. */
export function countPatterns(pairs: Iterable<Levels>): readonly Pattern[] {
  const counts = new Map<string, { levels: Levels; count: number }>()
  for (const levels of pairs) {
    const key = levels.join()
    const known = counts.get(key)
    counts.set(key, { levels, count: (known?.count ?? 0) + 1 })
  }
  return [...counts.values()]
}

/**
 * All pairs of a set counted by their levels, from those that blocking chose, each, and a random sample of the others: so
 * that chance agreement is learnt from everybody and not from neighbours in a block.
 */
export function allPairs(
  chosen: readonly Pattern[],
  sample: readonly Pattern[],
  people: number,
): readonly Pattern[] {
  const count = (patterns: readonly Pattern[]) => patterns.reduce((sum, each) => sum + each.count, 0)
  const others = (people * (people - 1)) / 2 - count(chosen)
  const weight = others / Math.max(1, count(sample))
  return [...chosen, ...sample.map((each) => ({ ...each, count: each.count * weight }))]
}

/** A model that knows nothing but that people of one record mostly agree: where training begins. */
export function startingModel(
  fields: readonly { readonly field: string; readonly levels: readonly string[] }[],
  matching: number,
): Model {
  return {
    matching,
    fields: fields.map(({ field, levels }) => {
      const few = 0.1 / Math.max(1, levels.length - 1)
      const m = levels.map((_, level) => (level === 0 ? 0.9 : few))
      return { field, levels, m, u: m.toReversed() }
    }),
  }
}
