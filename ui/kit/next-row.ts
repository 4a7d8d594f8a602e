/** Where a key moves to in a list of rows (ARIA 1.2 grid keyboard pattern). */

/** Index of the row that `key` moves to; undefined where the key does not move. */
export function nextRow(
  key: string,
  at: { readonly selectedIndex: number; readonly count: number; readonly pageRows: number },
): number | undefined {
  const last = at.count - 1
  if (last < 0) return undefined
  const within = (index: number) => Math.max(0, Math.min(last, index))
  switch (key) {
    case 'ArrowDown':
      return within(at.selectedIndex + 1)
    case 'ArrowUp':
      return within(at.selectedIndex < 0 ? last : at.selectedIndex - 1)
    case 'PageDown':
      return within(at.selectedIndex + at.pageRows)
    case 'PageUp':
      return within(at.selectedIndex - at.pageRows)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return undefined
  }
}
