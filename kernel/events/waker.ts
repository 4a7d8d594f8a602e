/** One sleeper that others can wake; a wake while nobody sleeps is kept for the next sleep. */

export interface Waker {
  wake(): void
  /** Forgets wakes so far; done before looking, so that a wake during the look is not lost. */
  reset(): void
  /** Sleeps up to `forMs`; returns at once where a wake came since the last `reset`. */
  wait(forMs: number): Promise<void>
}

/** A waker for one loop. */
export function createWaker(): Waker {
  let isWoken = false
  let end: (() => void) | undefined
  return {
    wake() {
      isWoken = true
      end?.()
    },
    reset() {
      isWoken = false
    },
    wait(forMs) {
      if (isWoken) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = setTimeout(finish, forMs)
        function finish() {
          clearTimeout(timer)
          end = undefined
          resolve()
        }
        end = finish
      })
    },
  }
}
