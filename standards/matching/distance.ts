/**
 * How alike two texts are. Jaro 1989 and Winkler 1990 ("String Comparator Metrics and Enhanced Decision Rules in the
 * Fellegi-Sunter Model of Record Linkage"); Damerau 1964, as optimal string alignment: no piece is changed twice.
 */

/** Winkler's weight of a common beginning, and how many characters of it count. */
const prefixWeight = 0.1
const longestPrefix = 4

/** Jaro's similarity from 0 to 1; 1 for two empty texts. */
export function jaro(left: string, right: string): number {
  if (left === right) return 1
  const [a, b] = [Array.from(left), Array.from(right)]
  if (a.length === 0 || b.length === 0) return 0
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Set<number>()
  const common = a.filter((character, index) => {
    const from = Math.max(0, index - reach)
    const found = b.findIndex(
      (other, place) => place >= from && place <= index + reach && !taken.has(place) && other === character,
    )
    if (found >= 0) taken.add(found)
    return found >= 0
  })
  if (common.length === 0) return 0
  const inOrder = b.filter((_, place) => taken.has(place))
  const moved = common.filter((character, index) => character !== inOrder[index]).length / 2
  const count = common.length
  return (count / a.length + count / b.length + (count - moved) / count) / 3
}

/** Jaro's similarity raised for a common beginning of up to four characters; from 0 to 1. */
export function jaroWinkler(left: string, right: string): number {
  const similarity = jaro(left, right)
  const prefix = commonPrefix(left, right)
  return similarity + prefix * prefixWeight * (1 - similarity)
}

function commonPrefix(left: string, right: string): number {
  const most = Math.min(longestPrefix, left.length, right.length)
  let length = 0
  while (length < most && left[length] === right[length]) length += 1
  return length
}

/** Insertions, deletions, replacements and swaps of neighbours that make one text of the other. */
export function editDistance(left: string, right: string): number {
  if (left === right) return 0
  const [a, b] = [Array.from(left), Array.from(right)]
  let before: readonly number[] = []
  let above: readonly number[] = b.map((_, index) => index + 1)
  above = [0, ...above]
  for (const [row, character] of a.entries()) {
    const line = [row + 1]
    for (const [column, other] of b.entries()) {
      const changed = (above[column] ?? 0) + (character === other ? 0 : 1)
      const inserted = (line[column] ?? 0) + 1
      const removed = (above[column + 1] ?? 0) + 1
      const isSwap = row > 0 && column > 0 && character === b[column - 1] && a[row - 1] === other
      const swapped = isSwap ? (before[column - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY
      line.push(Math.min(changed, inserted, removed, swapped))
    }
    before = above
    above = line
  }
  return above[b.length] ?? 0
}
