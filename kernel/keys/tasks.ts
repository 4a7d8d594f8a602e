/** Wrapping anew as a durable job: a killed process loses a batch at most, and the next try goes on from there. */
import type { Keys } from './keys.ts'

/** One transaction each; unwrapping and wrapping a key takes 20 µs. */
const keysOfABatch = 200

/** Tasks for kernel/jobs: `keys.rewrap`, to be asked for after `rotateKeyEncryptionKey`. */
export function keysTasks(keys: Keys) {
  return {
    'keys.rewrap': async (_: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> => {
      while ((await keys.rewrap(keysOfABatch)) > 0) signal.throwIfAborted()
    },
  }
}
