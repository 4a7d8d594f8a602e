/**
 * From a source to the queues: stored, made, queued and settled in one transaction, answered after its commit. One transaction
 * an interface at a time, so deliveries stand in the order of arrival; messages that come meanwhile share the next.
 */
import type { Database } from '@xinglin/database'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Runtime } from '@xinglin/runtime'
import type { Keeping, Receipt, Traffic } from '@xinglin/traffic'
import type { AnyInterface, Incoming, Taken } from './interfaces.ts'
import { type Made, makeOf } from './make.ts'
import { askFor } from './queue/store.ts'
import { countTaken } from './tallies.ts'

/** More messages in one transaction gain nothing measurable. */
const mostPerCommit = 100

export interface Intake {
  /** Never rejects. */
  take(incoming: Incoming): Promise<Taken>
  /** Settles when nothing is on its way. */
  idle(): Promise<void>
}

export type IntakeOptions = {
  readonly database: Database
  readonly traffic: Traffic
  readonly runtime: Runtime
  readonly keeping: Keeping
  readonly tenant: TenantId
  /** As it is deployed when a message is made. */
  readonly definition: () => AnyInterface
  /** Channel on which other processes hear of new deliveries; undefined where all queues are this process's. */
  readonly tell: () => string | undefined
  /** New deliveries are on the disk. */
  readonly added: () => void
}

type Queued = {
  readonly incoming: Incoming
  readonly stored: Promise<Receipt | undefined>
  readonly answer: (taken: Taken) => void
}
type Ready = { readonly queued: Queued; readonly receipt: Receipt; readonly made: Made }

/** The intake of one interface. */
export function createIntake(options: IntakeOptions): Intake {
  const { traffic, runtime, tenant } = options
  let queue: Queued[] = []
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    // One turn of the event loop: what other sockets have read already joins this transaction.
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) {
      const batch = queue.slice(0, mostPerCommit)
      queue = queue.slice(batch.length)
      await process(batch)
    }
    running = undefined
  }

  async function process(batch: readonly Queued[]): Promise<void> {
    const ready = await readyOf(batch)
    if (ready.length === 0) return
    try {
      await commit(options, ready)
      for (const { queued, receipt, made } of ready) queued.answer(takenOf(receipt, made))
      options.added()
    } catch (cause) {
      runtime.log.error('messages of an interface could not be queued', {
        ...{ interface: options.definition().id, messages: ready.length },
        cause: cause instanceof Error ? cause.name : 'unknown',
      })
      for (const { queued } of ready) queued.answer({ kind: 'failed' })
    }
  }

  /** Answers what needs no work: could not be stored, or was accepted before. */
  async function readyOf(batch: readonly Queued[]): Promise<readonly Ready[]> {
    const definition = options.definition()
    const ready: Ready[] = []
    const seen = new Set<string>()
    for (const queued of batch) {
      const receipt = await queued.stored
      if (!receipt) queued.answer({ kind: 'failed' })
      else if (receipt.known?.outcome === 'accepted' || seen.has(receipt.id))
        queued.answer({ kind: 'accepted', message: receipt.id })
      else {
        seen.add(receipt.id)
        ready.push({ queued, receipt, made: makeOf(definition, queued.incoming.raw) })
      }
    }
    return ready
  }

  return {
    take(incoming) {
      const arrival = { ...incoming, tenant, door: 'interface' as const }
      const stored = traffic.receive(arrival).catch((cause: unknown) => {
        runtime.log.error('a message of an interface could not be stored', {
          cause: cause instanceof Error ? cause.name : 'unknown',
        })
        return undefined
      })
      return new Promise((answer) => {
        queue.push({ incoming, stored, answer })
        running ??= run()
      })
    },
    async idle() {
      while (running) await running
    },
  }
}

async function commit(
  { database, traffic, runtime, keeping, tenant, definition, tell }: IntakeOptions,
  ready: readonly Ready[],
): Promise<void> {
  const { id, version } = definition()
  const at = runtime.now()
  const asked = await Promise.all(
    ready.map(async ({ queued: { incoming }, receipt, made }) => {
      if (made.kind === 'refused') return { message: receipt.id, key: '0', contents: [] }
      const contents = made.contents.map(async ({ content, destinations }) => {
        const origin = {
          tenant,
          door: 'interface' as const,
          sender: incoming.sender,
          controlId: incoming.controlId,
        }
        const stored = await keeping.keep({ ...origin, raw: content })
        return { stored, sizeBytes: content.byteLength, destinations }
      })
      return { message: receipt.id, key: made.key, contents: await Promise.all(contents) }
    }),
  )
  await database.transaction(async (transaction) => {
    askFor(transaction, { tenant, interface: id, version, at }, asked)
    const settlements = ready.map(({ queued: { incoming }, receipt, made }) => ({
      id: receipt.id,
      arrival: { ...incoming, tenant, door: 'interface' as const },
      settlement:
        made.kind === 'made'
          ? { outcome: 'accepted' as const, made: [] }
          : {
              outcome: 'refused' as const,
              code: made.code,
              reason: made.reason,
              ...(made.at ? { at: made.at } : {}),
            },
    }))
    traffic.settleAll(transaction, settlements)
    const done = ready.filter(({ made }) => made.kind === 'made').length
    countTaken(transaction, { tenant, interface: id, at }, { done, refused: ready.length - done })
    const channel = tell()
    if (channel !== undefined) transaction.send(sql`select pg_notify(${channel}, ${`${tenant}/${id}`})`)
  })
}

function takenOf(receipt: Receipt, made: Made): Taken {
  if (made.kind === 'made') return { kind: 'accepted', message: receipt.id }
  const { code, reason, at } = made
  return { kind: 'refused', code, reason, ...(at ? { at } : {}) }
}
