/**
 * Bytes handed from a socket to a reader at the reader's pace; asks the socket to pause when too much waits. They are
 * copied into blocks that are used again (see `association/own-memory.ts`), so each chunk that the reader gets is valid
 * until it asks for the next.
 */

export interface ByteChannel extends AsyncIterable<Uint8Array> {
  /** Copies the bytes. */
  push(bytes: Uint8Array): void
  end(): void
  /** The reader gets this as a thrown failure. */
  fail(cause: unknown): void
}

export type Backpressure = {
  readonly limitBytes: number
  readonly pause: () => void
  readonly resume: () => void
  readonly blocks: Blocks
}

/** Memory that channels lend from one another. */
export interface Blocks {
  take(): Uint8Array
  giveBack(block: Uint8Array): void
}

const blockBytes = 64 * 1024
/** 8 MB: what eight instances on their way hold at most. */
const mostBlocksKept = 128

export function createBlocks(): Blocks {
  const free: Uint8Array[] = []
  return {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(blockBytes),
    giveBack(block) {
      if (free.length < mostBlocksKept) free.push(block)
    },
  }
}

/** `filled` bytes were written, of which the reader has been given `given`. */
type Block = { readonly memory: Uint8Array; filled: number; given: number }

/** A channel for one instance. */
export function createByteChannel({ limitBytes, pause, resume, blocks }: Backpressure): ByteChannel {
  const queue: Block[] = []
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

  /** The reader is done with what it was given: full blocks go back. */
  function release(): void {
    const [first] = queue
    if (!first || first.given < first.memory.length) return
    queue.shift()
    blocks.giveBack(first.memory)
  }

  function next(): Uint8Array | undefined {
    const [first] = queue
    if (!first || first.given === first.filled) return undefined
    const bytes = first.memory.subarray(first.given, first.filled)
    first.given = first.filled
    queuedBytes -= bytes.length
    if (queuedBytes < limitBytes / 2) resumeSocket()
    return bytes
  }

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        release()
        const bytes = next()
        if (bytes) yield bytes
        else if (failure) throw failure.cause
        else if (isEnded) return
        else
          await new Promise<void>((settle) => {
            wake = settle
          })
      }
    } finally {
      // Whoever stops reading (disk full) must not leave the socket paused for ever: the rest is let through and dropped.
      isEnded = true
      for (const { memory } of queue.splice(0)) blocks.giveBack(memory)
      resumeSocket()
    }
  }

  function copy(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; ) {
      let last = queue.at(-1)
      if (!last || last.filled === last.memory.length) {
        last = { memory: blocks.take(), filled: 0, given: 0 }
        queue.push(last)
      }
      const part = bytes.subarray(offset, offset + last.memory.length - last.filled)
      last.memory.set(part, last.filled)
      last.filled += part.length
      offset += part.length
    }
  }

  return {
    push(bytes) {
      if (isEnded || failure) return
      copy(bytes)
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
      resumeSocket()
      stir()
    },
    [Symbol.asyncIterator]: read,
  }
}
