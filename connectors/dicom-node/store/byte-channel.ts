/** Bytes handed from a socket to a reader at the reader's pace; asks the socket to pause when too much waits. */

export interface ByteChannel extends AsyncIterable<Uint8Array> {
  push(bytes: Uint8Array): void
  end(): void
  /** The reader gets this as a thrown failure. */
  fail(cause: unknown): void
}

export type Backpressure = {
  readonly limitBytes: number
  readonly pause: () => void
  readonly resume: () => void
}

/** A channel for one instance. */
export function createByteChannel({ limitBytes, pause, resume }: Backpressure): ByteChannel {
  const queue: Uint8Array[] = []
  let queuedBytes = 0
  let isPaused = false
  let isEnded = false
  let failure: { readonly cause: unknown } | undefined
  let wake: (() => void) | undefined

  const stir = (): void => {
    wake?.()
    wake = undefined
  }
  const resumeSocket = (): void => {
    if (!isPaused) return
    isPaused = false
    resume()
  }

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const next = queue.shift()
        if (next) {
          queuedBytes -= next.length
          if (queuedBytes < limitBytes / 2) resumeSocket()
          yield next
        } else if (failure) throw failure.cause
        else if (isEnded) return
        else
          await new Promise<void>((settle) => {
            wake = settle
          })
      }
    } finally {
      // Whoever stops reading (disk full) must not leave the socket paused for ever: the rest is let through and dropped.
      isEnded = true
      queue.length = 0
      resumeSocket()
    }
  }

  return {
    push(bytes) {
      if (isEnded || failure) return
      queue.push(bytes)
      queuedBytes += bytes.length
      if (queuedBytes > limitBytes && !isPaused) {
        isPaused = true
        pause()
      }
      stir()
    },
    end() {
      isEnded = true
      stir()
    },
    fail(cause) {
      failure = { cause }
      queue.length = 0
      resumeSocket()
      stir()
    },
    [Symbol.asyncIterator]: read,
  }
}
