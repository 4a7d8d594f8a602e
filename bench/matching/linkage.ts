/** Linkage of any set whose truth is known: pairs by blocking, weights by EM over all pairs, and what comes of thresholds. */
import { allPairs, countPatterns, type Levels, type Model, startingModel, train } from '@xinglin/matching'
import { createRandom } from '@xinglin/simulator/doubles'

export type Field = { readonly field: string; readonly levels: readonly string[] }

export type Candidate = { readonly left: number; readonly right: number; readonly levels: Levels }

/** Random pairs from which chance agreement is learnt. */
const sampledPairs = 300_000
const sampleSeed = 1969

export type Linking = {
  readonly records: number
  readonly keysOf: (record: number) => readonly string[]
  readonly compare: (left: number, right: number) => Levels
  readonly largestBlock: number
  readonly mayPair?: (left: number, right: number) => boolean
}

/** Every pair that shares a key, each once, compared. */
export function candidates(linking: Linking): readonly Candidate[] {
  const { records, keysOf, compare, largestBlock, mayPair = () => true } = linking
  const blocks = new Map<string, number[]>()
  for (let record = 0; record < records; record++) {
    for (const key of keysOf(record)) {
      const block = blocks.get(key)
      if (block) block.push(record)
      else blocks.set(key, [record])
    }
  }
  const seen = new Set<number>()
  for (const block of blocks.values()) {
    if (block.length > largestBlock) continue
    for (const [place, left] of block.entries()) {
      for (const right of block.slice(place + 1)) if (mayPair(left, right)) seen.add(left * records + right)
    }
  }
  return [...seen].map((pair) => {
    const [left, right] = [Math.floor(pair / records), pair % records]
    return { left, right, levels: compare(left, right) }
  })
}

/** The model that EM finds over all pairs, and in how many rounds. */
export function trained(
  linking: Linking,
  fields: readonly Field[],
  chosen: readonly Candidate[],
): { readonly model: Model; readonly rounds: number } {
  const random = createRandom(sampleSeed)
  const { records, compare, mayPair = () => true } = linking
  const known = new Set(chosen.map(({ left, right }) => left * records + right))
  const sample: Levels[] = []
  for (let drawn = 0; drawn < sampledPairs; drawn++) {
    const [one, other] = [random.between(0, records - 1), random.between(0, records - 1)]
    const [left, right] = [Math.min(one, other), Math.max(one, other)]
    if (left !== right && mayPair(left, right) && !known.has(left * records + right))
      sample.push(compare(left, right))
  }
  const patterns = allPairs(countPatterns(chosen.map(({ levels }) => levels)), countPatterns(sample), records)
  return train(patterns, startingModel(fields, 1 / records))
}

export type Accuracy = {
  readonly name: string
  readonly records: number
  readonly truePairs: number
  readonly comparedPairs: number
  /** True pairs that blocking brought together, of all. */
  readonly completeness: number
  readonly certain: number
  readonly wrong: number
  readonly doubtful: number
  readonly doubtfulTrue: number
  readonly precision: number
  readonly recall: number
  /** Recall where a person judges the doubtful ones rightly. */
  readonly recallWithDoubtful: number
}

/** Counts what was judged against the truth. */
export function accuracyOf(
  { name, records, truePairs }: Pick<Accuracy, 'name' | 'records' | 'truePairs'>,
  judged: readonly { readonly isTrue: boolean; readonly outcome: 'certain' | 'doubtful' | 'apart' }[],
): Accuracy {
  const count = (outcome: string, isTrue: boolean) =>
    judged.filter((pair) => pair.outcome === outcome && pair.isTrue === isTrue).length
  const [right, wrong] = [count('certain', true), count('certain', false)]
  const [doubtfulTrue, doubtfulFalse] = [count('doubtful', true), count('doubtful', false)]
  return {
    ...{ name, records, truePairs, comparedPairs: judged.length },
    completeness: judged.filter(({ isTrue }) => isTrue).length / truePairs,
    ...{ certain: right + wrong, wrong, doubtful: doubtfulTrue + doubtfulFalse, doubtfulTrue },
    precision: right / (right + wrong),
    recall: right / truePairs,
    recallWithDoubtful: (right + doubtfulTrue) / truePairs,
  }
}
