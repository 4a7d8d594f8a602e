/** A question whose answer only grows, asked by many at once: one answer serves all who waited when it was asked. */

/**
 * The answer of an asking that begins after the call, so that it includes everything that was done before the call. At
 * most one is under way and one waits.
 */
export function shareAsking<T>(ask: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined
  let waiting: Promise<T> | undefined
  const begin = (): Promise<T> => {
    waiting = undefined
    const asked = ask()
    underWay = asked
    const settle = () => {
      if (underWay === asked) underWay = undefined
    }
    asked.then(settle, settle)
    return asked
  }
  return () => {
    if (!underWay) return begin()
    waiting ??= underWay.then(begin, begin)
    return waiting
  }
}
