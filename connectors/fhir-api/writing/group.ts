/**
 * Group commit for single writes: those of one actor that wait while a commit is on its way share the next one, so that
 * n connections of an interface engine cost one round of statements and one fsync together, and each is still answered
 * only after its durable commit (law 1). A write alone waits for nobody.
 */
import type { Kernel } from '@xinglin/app'
import type { Actor } from '@xinglin/identity'
import type { Version } from '@xinglin/records'
import { type Arrived, recordAccepted } from './journalled.ts'
import { type Writable, type WriteOperation, writable } from './writable.ts'

/** More writes in one commit gain nothing: statements and fsync are shared already, and the first in it waits for the last. */
const mostWritesPerCommit = 64
/** Two commits at a time: while one waits for the disk, the other one's rows are made. */
const lanesPerActor = 2

type Waiting = {
  readonly write: Writable
  readonly arrived: Arrived
  readonly answer: (version: Version) => void
  readonly fail: (cause: unknown) => void
}
type Queue = { waiting: Waiting[]; lanes: number }

export interface Group {
  /** The version made, after its commit; undefined at once where this write must go alone. */
  write(actor: Actor, operation: WriteOperation, arrived: Arrived): Promise<Version> | undefined
}

export function createGroup(kernel: Kernel): Group {
  const queues = new Map<string, Queue>()

  async function drain(key: string, actor: Actor, queue: Queue): Promise<void> {
    while (queue.waiting.length > 0) await commit(actor, nextBatch(queue))
    queue.lanes -= 1
    if (queue.lanes === 0) queues.delete(key)
  }

  async function commit(actor: Actor, batch: readonly Waiting[]): Promise<void> {
    try {
      const versions = await kernel.identity.recordsFor(actor).commit(async (unit) => {
        const made = await unit.write(batch.map(({ write }) => write.change))
        await recordAccepted(
          kernel,
          unit,
          batch.map(({ arrived }, index) => ({ arrived, made: made.slice(index, index + 1) })),
        )
        return made
      })
      for (const [index, { answer, fail }] of batch.entries()) {
        const version = versions[index]
        if (version) answer(version)
        else fail(new Error('the record answered fewer versions than it was given changes'))
      }
    } catch (cause) {
      await splitUp(actor, batch, cause)
    }
  }

  /** One write that fails must not take the others with it. */
  async function splitUp(actor: Actor, batch: readonly Waiting[], cause: unknown): Promise<void> {
    if (batch.length === 1) for (const { fail } of batch) fail(cause)
    else for (const member of batch) await commit(actor, [member])
  }

  return {
    write(actor, operation, arrived) {
      const write = writable(kernel, actor, operation)
      if (!write) return undefined
      const key = `${actor.tenant} ${actor.reference} ${actor.address ?? ''}`
      const queue = queues.get(key) ?? { waiting: [], lanes: 0 }
      queues.set(key, queue)
      return new Promise((answer, fail) => {
        queue.waiting.push({ write, arrived, answer, fail })
        if (queue.lanes === lanesPerActor) return
        queue.lanes += 1
        // One turn of the event loop: what other sockets have read already joins this commit.
        setImmediate(() => void drain(key, actor, queue))
      })
    },
  }
}

/** Takes from the front; a second write to the same resource waits for the next commit. */
function nextBatch(queue: Queue): readonly Waiting[] {
  const batch: Waiting[] = []
  const rest: Waiting[] = []
  const seen = new Set<string>()
  for (const member of queue.waiting) {
    const isTaken = batch.length < mostWritesPerCommit && !seen.has(member.write.identity)
    seen.add(member.write.identity)
    if (isTaken) batch.push(member)
    else rest.push(member)
  }
  queue.waiting = rest
  return batch
}
