/** Synthetic records of a Chinese county: how well doubles are found by what the index itself uses. */
import {
  blockingKeys,
  comparePeople,
  judgeLevels,
  largestBlock,
  type Model,
  nameFrequencies,
  personFields,
  personOf,
  usualThresholds,
} from '@xinglin/matching'
import { makeRegistrations, type Registration } from '@xinglin/simulator/doubles'
import { type Accuracy, accuracyOf, candidates, type Linking, trained } from './linkage.ts'

const [records, doubled] = [100_000, 0.2]
const today = '2026-11-01'

export type ChineseResult = {
  readonly accuracy: Accuracy
  readonly model: Model
  readonly rounds: number
  /** Of the true pairs that were not certain: by outcome and error. */
  readonly missed: ReadonlyMap<string, number>
}

/** Trains on the records of one seed, or takes `model`, and judges all pairs. */
export function chineseAccuracy(options: { readonly seed: number; readonly model?: Model }): ChineseResult {
  const registrations = makeRegistrations({ seed: options.seed, records, doubled, today })
  const people = registrations.map(({ patient }) => personOf(patient))
  const at = (record: number) => people[record] ?? missing(record)
  const linking: Linking = {
    records: people.length,
    keysOf: (record) => blockingKeys(at(record)),
    compare: (left, right) => comparePeople(at(left), at(right)),
    largestBlock,
  }
  const chosen = candidates(linking)
  const { model, rounds } = options.model
    ? { model: options.model, rounds: 0 }
    : trained(linking, personFields, chosen)
  const frequencies = nameFrequencies(people)
  const judged = chosen.map(({ left, right, levels }) => {
    const pair = [at(left), at(right)] as const
    const judging = { model, thresholds: usualThresholds, frequencyOf: frequencies.of(...pair) }
    const { outcome } = judgeLevels(levels, pair, judging)
    const isTrue = registrations[left]?.person === registrations[right]?.person
    return { left, right, isTrue, outcome }
  })
  const truePairs = registrations.length - new Set(registrations.map(({ person }) => person)).size
  const name = `Chinese, seed ${options.seed}${options.model ? ', shipped weights' : ', own weights'}`
  const accuracy = accuracyOf({ name, records, truePairs }, judged)
  const missed = judged.filter(({ isTrue, outcome }) => isTrue && outcome !== 'certain')
  return { accuracy, model, rounds, missed: countErrors(registrations, missed) }
}

type Missed = { readonly left: number; readonly right: number; readonly outcome: string }

function countErrors(
  registrations: readonly Registration[],
  missed: readonly Missed[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { left, right, outcome } of missed) {
    const errors = [left, right].flatMap((record) => registrations[record]?.errors ?? [])
    for (const error of errors) {
      const key = `${outcome}: ${error}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return new Map([...counts].toSorted((one, other) => other[1] - one[1]))
}

function missing(record: number): never {
  throw new RangeError(`there is no record ${record}`)
}
