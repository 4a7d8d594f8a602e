/** Wrapping anew as a durable job: a killed process loses a batch at most, and the next try goes on from there. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Keys } from './keys.ts'

/** One transaction each; unwrapping and wrapping a key takes 20 µs. */
const keysOfABatch = 200

/** Until processes and transactions have followed; it is a matter of seconds. */
const waitMs = 500

/** Tasks for kernel/jobs: `keys.rewrap`, to be asked for after `rotateKeyEncryptionKey`; `keys.rotation` with the number of one. */
export function keysTasks(keys: Keys) {
  return {
    'keys.rewrap': async (_: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> => {
      while ((await keys.rewrap(keysOfABatch)) > 0) signal.throwIfAborted()
    },
    'keys.rotation': async (
      { rotation }: Readonly<Record<string, unknown>>,
      signal: AbortSignal,
    ): Promise<void> => {
      for (;;) {
        signal.throwIfAborted()
        const stepped = await keys.rotations.step(Number(rotation))
        if (stepped === 'ended') return
        if (stepped === 'wait') await pause(waitMs, undefined, { signal })
      }
    },
  }
}
