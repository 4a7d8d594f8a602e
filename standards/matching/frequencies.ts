/** How frequent names are: 王伟 is a hundred times as frequent as most, and agreeing on it says that much less. */
import type { FrequencyOf } from './fellegi-sunter.ts'
import type { Person } from './person.ts'

export interface NameFrequencies {
  /** For a pair: the rarest name on which both agree. */
  of(left: Person, right: Person): FrequencyOf
}

/** Names that fewer bear are taken to be borne by as many: a sample says little about each of them. */
const fewestBearers = 2
/** Among fewer people counting says more of chance than of names. */
const fewestPeople = 10_000

/** Frequencies among these people. */
export function nameFrequencies(people: readonly Person[]): NameFrequencies {
  const counts = new Map<string, number>()
  for (const { names } of people) {
    for (const { text } of names) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return frequenciesOf(counts, people.length)
}

/** Frequencies from counts that somebody keeps; a name that is not counted is a rare one. */
export function frequenciesOf(counts: ReadonlyMap<string, number>, people: number): NameFrequencies {
  return {
    of: (left, right) => (field) => {
      if (field !== 'name' || people < fewestPeople) return undefined
      const shared = left.names.filter(({ text }) => right.names.some((other) => other.text === text))
      const bearers = shared.map(({ text }) => Math.max(fewestBearers, counts.get(text) ?? 0))
      return bearers.length === 0 ? undefined : Math.min(...bearers) / people
    },
  }
}
