/**
 * From a frame to its answer: stored, processed in the order of arrival, answered only after commit (HL7 v2.5.1 §2.9.2:
 * a sender that gets AA deletes its copy). A message is mapped while it is being stored, and nothing is written of one
 * that is not. While transactions are on their way the messages that come are stored, and share the next transaction.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { OutcomeError } from '@xinglin/fhir'
import type { Message, MessageId, Receipt } from '@xinglin/traffic'
import type { Frame } from './arrival.ts'
import { type Committing, commitMessages, type Outcome, type Waiting } from './commit.ts'
import { type Refusal, refusalOf, storedRefusal } from './refusal.ts'
import { createTurns, type Turn } from './turns.ts'

/** More messages in one transaction gain nothing measurable, and one that is refused by the record repeats the others. */
const mostMessagesPerCommit = 32
/** One keeps this process busy and one PostgreSQL; a third only makes the batches smaller. */
const mostCommitsAtOnce = 2
/** Beside one that runs, a transaction of one message costs a sixth more a message than one of two (2.3 and 1.9 ms of Node, 2.0 and 1.8 of PostgreSQL). */
const leastBesideAnother = 2
/** Somebody else changed what a message was about to change; after these tries it is the platform's fault. */
const mostTries = 4
/** Outcomes of messages that were resent while their first copy was still on its way. */
const mostOutcomesKept = 4096

/**
 * `failed`: the platform could not take it; nothing is settled, the sender keeps it and sends it again. `replied`: a query, by a
 * message of its own type (MSH-9) and segments.
 */
export type Answered =
  | Outcome
  | { readonly kind: 'failed' }
  | {
      readonly kind: 'replied'
      readonly type: readonly string[]
      readonly segments: readonly string[]
      readonly refusal?: Refusal
      readonly warnings?: readonly Refusal[]
    }

export interface Intake {
  /** Stores and processes a frame. Never rejects. */
  take(frame: Frame): Promise<Answered>
  /** Processes a stored message again. */
  again(message: Message, frame: Frame): Promise<Answered>
  /** Settles when nothing waits any more. */
  idle(): Promise<void>
}

type Queued = {
  readonly frame: Frame
  readonly answer: (answered: Answered) => void
  /** `failed`: it could not be stored. */
  readonly stored: Promise<Receipt | 'failed'>
  /** Undefined while it is being stored. */
  receipt?: Receipt | 'failed'
}

/** The one queue of a listener. */
export function createIntake(needs: Committing): Intake {
  const { kernel } = needs
  const { traffic, runtime } = kernel
  const outcomes = new Map<MessageId, Outcome>()
  const turns = createTurns()
  const running = new Set<Promise<void>>()
  let queue: Queued[] = []
  let isStarting = false

  function enqueue(frame: Frame, receipt: Promise<Receipt>): Promise<Answered> {
    const stored = receipt.catch((cause: unknown) => {
      runtime.log.error('hl7 message could not be stored', {
        sender: frame.arrival.sender,
        cause: causeOf(cause),
      })
      return 'failed' as const
    })
    return new Promise((answer) => {
      const queued: Queued = { frame, answer, stored }
      queue.push(queued)
      void stored.then((known) => {
        queued.receipt = known
      })
      if (isStarting) return
      isStarting = true
      // One turn of the event loop: what other connections have read already joins this transaction.
      setImmediate(() => {
        isStarting = false
        start()
      })
    })
  }

  /** Takes the messages that wait into transactions of their own, while there is room for one. */
  function start(): void {
    while (running.size < mostCommitsAtOnce) {
      const batch = queue.slice(0, mostMessagesPerCommit)
      if (batch.length < (running.size > 0 ? leastBesideAnother : 1)) return
      queue = queue.slice(batch.length)
      const work = process(batch, turns.open(batch.length)).finally(() => {
        running.delete(work)
        start()
      })
      running.add(work)
    }
  }

  /** Answers every message of the batch, in order. */
  async function process(batch: readonly Queued[], turn: Turn): Promise<void> {
    try {
      for (let rest = batch; rest.length > 0; ) {
        const open = rest.filter((each) => !answerKnown(each))
        rest = open.slice(open.length > 1 ? await together(open, turn) : await alone(open[0], turn))
        if (rest.length > 0) await turn.earlierEnded()
      }
    } finally {
      turn.end()
    }
  }

  /** Answers what needs no work: could not be stored, or accepted before. */
  function answerKnown({ receipt, answer }: Queued): boolean {
    if (!receipt) return false
    if (receipt === 'failed') {
      answer({ kind: 'failed' })
      return true
    }
    const outcome = acceptedBefore(receipt)
    if (outcome) answer(outcome)
    return outcome !== undefined
  }

  function waitingOf(each: Queued): Waiting {
    return {
      frame: each.frame,
      stored: async () => {
        const receipt = await each.stored
        if (receipt === 'failed') return undefined
        return acceptedBefore(receipt) ? undefined : receipt.id
      },
    }
  }

  /** A refused one is tried again: what made it refused may be mended, else the same answer comes out. */
  function acceptedBefore({ id, known }: Receipt): Outcome | undefined {
    const outcome = outcomes.get(id) ?? outcomeOf(known)
    return outcome?.kind === 'accepted' ? outcome : undefined
  }

  /** Answers how many were processed; those that break a transaction off are told apart by going alone. */
  async function together(batch: readonly Queued[], turn: Turn): Promise<number> {
    try {
      const settled = await commitMessages(needs, turn, { waiting: batch.map(waitingOf) })
      for (const [index, outcome] of settled.entries()) finish(batch[index], outcome)
      return settled.length
    } catch (cause) {
      runtime.log.debug('hl7 messages go one by one', { messages: batch.length, cause: causeOf(cause) })
      for (const each of batch) await alone(each, turn)
      return batch.length
    }
  }

  async function alone(each: Queued | undefined, turn: Turn): Promise<number> {
    for (let tries = 1; ; tries++) {
      if (!each || answerKnown(each)) return 1
      try {
        const settled = await commitMessages(needs, turn, {
          waiting: [waitingOf(each)],
          isCareful: tries > 1,
        })
        if (settled.length === 0) {
          await turn.earlierEnded()
          continue
        }
        finish(each, settled[0])
        return 1
      } catch (cause) {
        if (tries < mostTries && isPassing(cause)) {
          await pause(2 ** tries)
          continue
        }
        await giveUp(each, cause)
        return 1
      }
    }
  }

  /** The record refused it (then that is settled), or the platform failed (then nothing is). */
  async function giveUp(each: Queued, cause: unknown): Promise<void> {
    const refusal = refusalOf(cause)
    const id = idOf(each)
    if (refusal && id) {
      const { code, reason, at } = refusal
      try {
        await traffic.settle(id, { outcome: 'refused', code, reason, ...(at ? { at } : {}) })
        finish(each, { kind: 'refused', refusal })
        return
      } catch (failure) {
        runtime.log.error('hl7 refusal could not be settled', { message: id, cause: causeOf(failure) })
      }
    } else {
      runtime.log.error('hl7 message could not be processed', { message: id, cause: causeOf(cause) })
    }
    each.answer({ kind: 'failed' })
  }

  /** Without an outcome: it was left out, for it was accepted before or could not be stored. */
  function finish(each: Queued | undefined, outcome: Outcome | undefined): void {
    if (!each || (!outcome && answerKnown(each))) return
    const id = idOf(each)
    if (!id || !outcome) return
    if (outcomes.size >= mostOutcomesKept) outcomes.delete(outcomes.keys().next().value ?? id)
    outcomes.set(id, outcome)
    if (outcome.kind === 'accepted' && outcome.warnings) {
      const { sender } = each.frame.arrival
      runtime.log.info('hl7 message outside its profile', {
        message: id,
        sender,
        violations: outcome.warnings.length,
      })
    }
    if (outcome.kind === 'refused') {
      const { code, at } = outcome.refusal
      runtime.log.warn('hl7 message refused', { message: id, sender: each.frame.arrival.sender, code, at })
    }
    each.answer(outcome)
  }

  return {
    take: (frame) => enqueue(frame, traffic.receive(frame.arrival)),
    again: (message, frame) => {
      outcomes.delete(message.id)
      return enqueue(frame, Promise.resolve({ id: message.id }))
    },
    async idle() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

function idOf({ receipt }: Queued): MessageId | undefined {
  return receipt && receipt !== 'failed' ? receipt.id : undefined
}

function outcomeOf(known: Message | undefined): Outcome | undefined {
  if (known?.outcome === 'accepted') return { kind: 'accepted' }
  return known?.outcome === 'refused' ? { kind: 'refused', refusal: storedRefusal(known) } : undefined
}

/** Somebody else was faster, or the database was busy: the same work may succeed now. */
function isPassing(cause: unknown): boolean {
  return (
    cause instanceof OutcomeError &&
    ['stale', 'conflict', 'busy'].includes(cause.failure) &&
    !refusedByMap(cause)
  )
}

function refusedByMap(cause: OutcomeError): boolean {
  return cause.outcome.issue[0]?.details?.coding?.[0]?.code?.startsWith('hl7.') ?? false
}

/** Names of errors and codes only: a message of PostgreSQL may quote values. */
function causeOf(cause: unknown): string {
  if (cause instanceof OutcomeError)
    return cause.outcome.issue[0]?.details?.coding?.[0]?.code ?? cause.failure
  return cause instanceof Error ? cause.name : 'unknown'
}
