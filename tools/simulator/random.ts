/** Seeded randomness (Mulberry32, public domain): the same seed tells the same hospital on every machine. */
export interface Random {
  /** A number in [0, 1). */
  fraction(): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  pick<T>(choices: readonly T[]): T
  /** One of `choices`, each as likely as its weight. */
  weighted<T>(choices: readonly T[], weightOf: (choice: T) => number): T
  chance(probability: number): boolean
  /** A normally distributed number (Box and Muller 1958). */
  normal(mean: number, deviation: number): number
  /** An independent stream, named so that adding a draw in one part leaves the others as they were. */
  branch(name: string): Random
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const random: Random = {
    fraction,
    between: (low, high) => low + Math.floor(fraction() * (high - low + 1)),
    pick: (choices) => choices[Math.floor(fraction() * choices.length)] ?? nothing(),
    weighted: (choices, weightOf) => {
      let left = fraction() * choices.reduce((sum, choice) => sum + weightOf(choice), 0)
      for (const choice of choices) {
        left -= weightOf(choice)
        if (left < 0) return choice
      }
      return choices.at(-1) ?? nothing()
    },
    chance: (probability) => fraction() < probability,
    normal: (mean, deviation) =>
      mean + deviation * Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction()),
    branch: (name) => createRandom(mixName(seed, name)),
  }
  return random
}

/** FNV-1a over the name, started from the seed. */
function mixName(seed: number, name: string): number {
  let hash = (2_166_136_261 ^ seed) >>> 0
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0
  return hash
}

function nothing(): never {
  throw new RangeError('a choice was asked of an empty list')
}
