/** Two texts line by line: the shortest list of lines taken away and put in (Myers, "An O(ND) Difference Algorithm", 1986). */

export type Compared = {
  readonly kind: 'same' | 'old' | 'new'
  readonly text: string
  /** From 1; absent on the side where the line is not. */
  readonly oldLine?: number
  readonly newLine?: number
}

/** More differences than this are not compared but shown one after the other: the time grows with their square. */
const mostDifferences = 2_000

/** The lines of both, in order. */
export function compareLines(old: readonly string[], made: readonly string[]): readonly Compared[] {
  const steps = shortest(old, made)
  let oldAt = 0
  let newAt = 0
  return steps.map((kind) => {
    if (kind === 'same') {
      const text = made[newAt] ?? ''
      return { kind, text, oldLine: ++oldAt, newLine: ++newAt }
    }
    if (kind === 'old') return { kind, text: old[oldAt] ?? '', oldLine: ++oldAt }
    return { kind, text: made[newAt] ?? '', newLine: ++newAt }
  })
}

type Step = Compared['kind']

function shortest(old: readonly string[], made: readonly string[]): readonly Step[] {
  const most = Math.min(old.length + made.length, mostDifferences)
  const furthest = new Map<number, number>([[1, 0]])
  const rounds: ReadonlyMap<number, number>[] = []
  for (let differences = 0; differences <= most; differences++) {
    rounds.push(new Map(furthest))
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let oldAt = startOf(furthest, diagonal, differences)
      while (oldAt < old.length && old[oldAt] === made[oldAt - diagonal]) oldAt++
      furthest.set(diagonal, oldAt)
      if (oldAt >= old.length && oldAt - diagonal >= made.length) return stepsBack(rounds, old, made)
    }
  }
  return [...old.map((): Step => 'old'), ...made.map((): Step => 'new')]
}

function startOf(furthest: ReadonlyMap<number, number>, diagonal: number, differences: number): number {
  const below = furthest.get(diagonal - 1) ?? -1
  const above = furthest.get(diagonal + 1) ?? -1
  const isDown = diagonal === -differences || (diagonal !== differences && below < above)
  return isDown ? above : below + 1
}

function stepsBack(
  rounds: readonly ReadonlyMap<number, number>[],
  old: readonly string[],
  made: readonly string[],
): readonly Step[] {
  const steps: Step[] = []
  let oldAt = old.length
  let newAt = made.length
  for (let differences = rounds.length - 1; differences >= 0; differences--) {
    const furthest = rounds[differences] ?? new Map()
    const diagonal = oldAt - newAt
    const start = startOf(furthest, diagonal, differences)
    const isDown = start === furthest.get(diagonal + 1) && isFromAbove(furthest, diagonal, differences)
    const fromDiagonal = isDown ? diagonal + 1 : diagonal - 1
    const fromOld = furthest.get(fromDiagonal) ?? 0
    while (oldAt > Math.max(start, 0) && newAt > Math.max(start - diagonal, 0)) {
      steps.push('same')
      oldAt--
      newAt--
    }
    if (differences === 0) break
    steps.push(isDown ? 'new' : 'old')
    oldAt = fromOld
    newAt = fromOld - fromDiagonal
  }
  return steps.reverse()
}

function isFromAbove(furthest: ReadonlyMap<number, number>, diagonal: number, differences: number): boolean {
  const below = furthest.get(diagonal - 1) ?? -1
  const above = furthest.get(diagonal + 1) ?? -1
  return diagonal === -differences || (diagonal !== differences && below < above)
}

/** A stretch of lines to be shown, or how many equal ones are left out. */
export type Stretch = { readonly lines: readonly Compared[] } | { readonly leftOut: number }

/** Equal lines around each change, the rest left out. */
export function aroundChanges(compared: readonly Compared[], around = 3): readonly Stretch[] {
  const isNear = (index: number) =>
    compared.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== 'same')
  const stretches: ({ lines: Compared[] } | { leftOut: number })[] = []
  for (const [index, line] of compared.entries()) {
    const last = stretches.at(-1)
    if (isNear(index)) {
      if (last && 'lines' in last) last.lines.push(line)
      else stretches.push({ lines: [line] })
    } else if (last && 'leftOut' in last) last.leftOut++
    else stretches.push({ leftOut: 1 })
  }
  return stretches
}
