/** One deployed interface in this process: its open source, and a dispatcher for each of its destinations. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Keeping, Traffic } from '@xinglin/traffic'
import type { Kinds } from './create-interfaces.ts'
import { createIntake } from './intake.ts'
import type { AnyInterface, Incoming, OpenSource, Taken } from './interfaces.ts'
import { createDispatcher, type Dispatcher } from './queue/dispatcher.ts'
import { noteHealth } from './queue/health.ts'
import type { Turns } from './queue/turns.ts'
import { createSeat, type SourceFailure } from './seat.ts'

/** Deliveries of a destination at the same time where its definition says nothing. */
export const usualParallel = 1
const usualAnswerMs = 30_000
const usualMostTries = 20

export type RunningOptions = {
  readonly database: Database
  readonly traffic: Traffic
  readonly runtime: Runtime
  readonly keeping: Keeping
  readonly tenant: TenantId
  readonly definition: AnyInterface
  readonly kinds: Kinds
  readonly turns: Turns
  readonly channel: string
}

export interface Running {
  readonly tenant: TenantId
  readonly definition: AnyInterface
  /** Where its source listens, for people. */
  address(): string | undefined
  start(which: { readonly sources: boolean; readonly destinations: boolean }): Promise<void>
  take(incoming: Incoming): Promise<Taken>
  /** Something may wait. */
  wake(): void
  /** Somebody paused a part, or changed what waits. */
  changed(): Promise<void>
  stop(): Promise<void>
}

/** Nothing is open before `start`. */
export function openRunning(options: RunningOptions): Running {
  const { database, runtime, tenant, definition, kinds, turns } = options
  const dispatchers = new Map<string, { readonly dispatcher: Dispatcher; hasTurn: boolean }>()
  let which = { sources: false, destinations: false }
  let source: OpenSource | undefined
  let paused: ReadonlySet<string> = new Set()
  let isStopped = false
  /** Parts are opened and closed one after the other. */
  let turn: Promise<void> = Promise.resolve()

  const intake = createIntake({
    ...options,
    definition: () => definition,
    tell: () =>
      [...dispatchers.values()].every(({ hasTurn }) => hasTurn) && dispatchers.size > 0
        ? undefined
        : options.channel,
    added: wake,
  })

  function wake(): void {
    for (const { dispatcher } of dispatchers.values()) dispatcher.wake()
  }

  function follow(): void {
    for (const [id, { dispatcher, hasTurn }] of dispatchers) dispatcher.setSending(hasTurn && !paused.has(id))
  }

  async function settleParts(): Promise<void> {
    paused = await pausedParts()
    follow()
    const wants = which.sources && !paused.has('') && !isStopped
    if (wants && !source) source = await kinds.source(definition.source).open(definition.source, take, seat())
    if (!wants && source) {
      const left = source
      source = undefined
      await left.stop()
    }
  }

  function seat() {
    return createSeat({
      database,
      turns,
      tenant,
      interface: definition.id,
      tell: (failure) => void tell(failure),
    })
  }

  async function tell(failure: SourceFailure | undefined): Promise<void> {
    const queue = { tenant, interface: definition.id, destination: '' }
    const at = runtime.now()
    const health = failure
      ? { isUp: false as const, at, reason: failure.code, failures: 1 }
      : { isUp: true as const, at }
    await noteHealth(database, queue, health).catch((cause: unknown) =>
      runtime.log.warn('the state of a source could not be noted', {
        interface: definition.id,
        cause: cause instanceof Error ? cause.name : 'unknown',
      }),
    )
  }

  async function pausedParts(): Promise<ReadonlySet<string>> {
    const rows = await database.query(sql<{ destination: string }>`
      select destination
      from interfaces.destination
      where tenant = ${tenant} and interface = ${definition.id} and is_paused`)
    return new Set(rows.map(({ destination }) => destination))
  }

  function inTurn(act: () => Promise<void>): Promise<void> {
    const mine = turn.then(act)
    turn = mine.catch(() => undefined)
    return mine
  }

  async function take(incoming: Incoming): Promise<Taken> {
    if (isStopped) throw conflict('the interface is being closed', { code: 'interfaces.closing' })
    return intake.take(incoming)
  }

  function openDispatchers(): void {
    for (const { id, to, parallel, answerMs, mostTries } of definition.destinations) {
      const queue = { tenant, interface: definition.id, destination: id }
      const dispatcher = createDispatcher({
        ...options,
        queue,
        contentType: definition.format.contentType,
        parallel: parallel ?? usualParallel,
        answerMs: answerMs ?? usualAnswerMs,
        mostTries: mostTries ?? usualMostTries,
        open: () => kinds.destination(to).open(to),
      })
      const entry = { dispatcher, hasTurn: false }
      dispatchers.set(id, entry)
      turns.want(`${tenant}/${definition.id}/${id}`, (hasTurn) => {
        entry.hasTurn = hasTurn
        follow()
      })
    }
  }

  return {
    tenant,
    definition,
    address: () => source?.address,
    start: (given) =>
      inTurn(async () => {
        which = given
        if (which.destinations && dispatchers.size === 0) openDispatchers()
        await settleParts()
      }),
    take,
    wake,
    changed: () =>
      inTurn(async () => {
        for (const { dispatcher } of dispatchers.values()) dispatcher.reload()
        await settleParts()
      }).catch((cause: unknown) =>
        runtime.log.warn('an interface could not follow a change', {
          interface: definition.id,
          cause: cause instanceof Error ? cause.name : 'unknown',
        }),
      ),
    stop: () =>
      inTurn(async () => {
        await source?.stop()
        source = undefined
        isStopped = true
        await intake.idle()
        await Promise.all([...dispatchers.values()].map(({ dispatcher }) => dispatcher.stop()))
      }),
  }
}
