/** Which files are whole: those that did not change for a while, by our clock alone, for that of the sender may be wrong. */
import { type FoundFile, stampOf } from './store.ts'

/** Remembers from look to look since when each file has been as it is. */
export function createStillness(stillMs: number) {
  let seen: ReadonlyMap<string, { readonly stamp: string; readonly sinceMs: number }> = new Map()
  return {
    /** Those in front of the first that may still grow: what follows it waits, so that the order holds. */
    wholeOf(files: readonly FoundFile[], nowMs: number): readonly FoundFile[] {
      const before = seen
      seen = new Map(
        files.map((file) => {
          const known = before.get(file.name)
          const stamp = stampOf(file)
          return [file.name, known?.stamp === stamp ? known : { stamp, sinceMs: nowMs }]
        }),
      )
      const growing = files.findIndex(
        ({ name }) => !before.has(name) || nowMs - (seen.get(name)?.sinceMs ?? nowMs) < stillMs,
      )
      return growing < 0 ? files : files.slice(0, growing)
    },
  }
}
