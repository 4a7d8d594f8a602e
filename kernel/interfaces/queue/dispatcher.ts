/**
 * Sends what waits in one queue while this process has its turn. A window of deliveries is in memory; the rest waits in
 * PostgreSQL, so a long backlog costs what a short one does. A receiver that cannot be reached rests its own queue alone.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@xinglin/database'
import { instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Keeping } from '@xinglin/traffic'
import type { Answer, OpenDestination } from '../interfaces.ts'
import { noteHealth } from './health.ts'
import { createLanes } from './lanes.ts'
import { createSender } from './sender.ts'
import {
  type Due,
  noteTry,
  type QueueName,
  readWaiting,
  type SettledDelivery,
  settleDeliveries,
} from './store.ts'

/** Deliveries in memory: enough that a busy queue reads while it sends. */
const refillBelow = 500
const mostPerRead = 500
/** More rows in one update gain nothing measurable. */
const mostPerSettling = 500
/** Another process may commit a delivery after later ones were read: looked for this long after a wake, and from time to time. */
const lookBackMs = 1_000
const idleLookMs = 15_000
/** A receiver that cannot be reached, or is busy, is asked after 1, 2, 4 … 60 s. */
const firstRestMs = 1_000
const longestRestMs = 60_000
/** 1 s doubled ten times is beyond the longest rest. */
const mostDoublings = 10
/** While PostgreSQL is away what is settled is kept here. */
const storeRestMs = 500
/** How fresh `lastSentAt` is. */
const healthEveryMs = 5_000
/** What is on its way when the process stops may still be answered. */
const drainMs = 3_000
/** PostgreSQL's largest bigint. */
const newest = '9223372036854775807'

export type DispatcherOptions = {
  readonly database: Database
  readonly runtime: Runtime
  readonly keeping: Keeping
  readonly queue: QueueName
  readonly contentType: string
  readonly parallel: number
  readonly answerMs: number
  readonly mostTries: number
  readonly open: () => OpenDestination
}

export interface Dispatcher {
  /** Something may wait. */
  wake(): void
  /** Whether it may send: this process has the turn, and nobody paused it. */
  setSending(isSending: boolean): void
  /** Somebody changed what waits: all is read anew once what is on its way has ended. */
  reload(): void
  /** Sends nothing more; settles when what was answered is on the disk. */
  stop(): Promise<void>
}

/** A dispatcher that does not send yet. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { database, runtime, queue, keeping, parallel } = options
  const clock = () => performance.now()
  const lanes = createLanes<Due>()
  const sender = createSender(options)
  const settled: { readonly due: Due; readonly as: SettledDelivery }[] = []
  const work = new Set<Promise<void>>()
  /** Settled while a read was on its way, which may have seen them waiting. */
  const settledMeanwhile = new Set<string>()
  let isSending = false
  let isStopped = false
  let isFilling = false
  let isSettling = false
  let mustForget = false
  let mayHaveMore = true
  let after = '0'
  let lookBackAtMs = 0
  let inFlight = 0
  let failures = 0
  let downUntilMs = 0
  let healthAtMs = 0
  let timer: NodeJS.Timeout | undefined

  function track(each: Promise<void>): void {
    work.add(each)
    void each.finally(() => work.delete(each))
  }

  function pump(): void {
    if (mustForget && inFlight === 0 && settled.length === 0 && !isSettling && !isFilling) forget()
    if (isStopped || !isSending || mustForget) return
    const nowMs = clock()
    if (!isFilling && lanes.size < refillBelow && (mayHaveMore || nowMs >= lookBackAtMs)) track(fill(nowMs))
    while (inFlight < parallel && nowMs >= downUntilMs) {
      const due = lanes.next(nowMs)
      if (!due) break
      track(deliver(due))
    }
    rest(nowMs)
  }

  /** Another process may have sent meanwhile what is known here. */
  function forget(): void {
    mustForget = false
    mayHaveMore = true
    lanes.clear()
    after = '0'
  }

  /** Comes back when something is due by itself; the end of a flight and a wake come by themselves. */
  function rest(nowMs: number): void {
    clearTimeout(timer)
    const dueMs =
      inFlight < parallel
        ? Math.max(lanes.nextDueMs() ?? Number.POSITIVE_INFINITY, downUntilMs)
        : Number.POSITIVE_INFINITY
    const nextMs = Math.max(nowMs + 1, Math.min(dueMs, Math.max(lookBackAtMs, nowMs + lookBackMs)))
    timer = setTimeout(pump, nextMs - nowMs).unref()
  }

  async function fill(nowMs: number): Promise<void> {
    isFilling = true
    mayHaveMore = false
    try {
      if (nowMs >= lookBackAtMs) {
        lookBackAtMs = nowMs + idleLookMs
        const limit = refillBelow + mostPerRead
        addAll(await readWaiting(database, queue, { keeping, after: '0', upTo: after, limit }))
      }
      const found = await readWaiting(database, queue, { keeping, after, upTo: newest, limit: mostPerRead })
      addAll(found)
      after = found.at(-1)?.id ?? after
      if (found.length === mostPerRead) mayHaveMore = true
    } catch (cause) {
      mayHaveMore = true
      runtime.log.warn('a queue could not be read', { ...nameOf(queue), cause: causeOf(cause) })
      await sleep(storeRestMs, undefined, { ref: false })
    }
    isFilling = false
    settledMeanwhile.clear()
    pump()
  }

  function addAll(found: readonly Due[]): void {
    for (const due of found) if (!settledMeanwhile.has(due.id)) lanes.add(due)
  }

  async function deliver(due: Due): Promise<void> {
    inFlight += 1
    const answer = await sender.send(due)
    if (answer.kind === 'unreachable') goDown(due, answer.reason)
    else if (answer.kind === 'busy' && due.tries + 1 < options.mostTries) await askLater(due, answer)
    else settle(due, answer)
    inFlight -= 1
    pump()
  }

  function goDown(due: Due, reason: string): void {
    lanes.again(due, 0)
    // Several were on their way when it went down: that is one failure.
    if (isStopped || clock() < downUntilMs) return
    failures += 1
    downUntilMs = clock() + restMsAfter(failures)
    if (failures === 1) runtime.log.warn('a destination cannot be reached', { ...nameOf(queue), reason })
    track(tellHealth({ isUp: false, reason, failures, at: runtime.now() }))
  }

  async function askLater(due: Due, { code, reason }: { code: string; reason: string }): Promise<void> {
    due.tries += 1
    const restMs = restMsAfter(due.tries)
    const nextAt = instantOf(Date.now() + restMs, runtime.timeZone)
    await noteTry(database, { id: due.id, tries: due.tries, nextAt, code, reason }).catch((cause: unknown) =>
      runtime.log.warn('a try could not be noted', { ...nameOf(queue), cause: causeOf(cause) }),
    )
    lanes.again(due, clock() + restMs)
  }

  function settle(due: Due, answer: Answer): void {
    const why = answer.kind === 'taken' ? {} : { code: answer.code, reason: answer.reason }
    const state = answer.kind === 'taken' ? 'sent' : 'refused'
    settled.push({ due, as: { id: due.id, state, tries: due.tries + 1, ...why } })
    if (!isSettling) track(writeSettled())
  }

  /** What is settled while a statement is on its way shares the next. */
  async function writeSettled(): Promise<void> {
    isSettling = true
    while (settled.length > 0) {
      const batch = settled.slice(0, mostPerSettling)
      if (!(await isWritten(batch.map(({ as }) => as)))) {
        if (isStopped) break
        continue
      }
      settled.splice(0, batch.length)
      for (const { due } of batch) {
        if (isFilling) settledMeanwhile.add(due.id)
        lanes.done(due)
      }
      pump()
    }
    isSettling = false
    pump()
  }

  async function isWritten(batch: readonly SettledDelivery[]): Promise<boolean> {
    try {
      await settleDeliveries(database, batch, runtime.now())
    } catch (cause) {
      runtime.log.warn('deliveries could not be settled', { ...nameOf(queue), cause: causeOf(cause) })
      await sleep(storeRestMs, undefined, { ref: false })
      return false
    }
    if (failures > 0 || clock() - healthAtMs >= healthEveryMs) {
      healthAtMs = clock()
      await tellHealth({ isUp: true, at: runtime.now() })
    }
    failures = 0
    return true
  }

  async function tellHealth(health: Parameters<typeof noteHealth>[2]): Promise<void> {
    await noteHealth(database, queue, health).catch((cause: unknown) =>
      runtime.log.warn('the state of a destination could not be noted', {
        ...nameOf(queue),
        cause: causeOf(cause),
      }),
    )
  }

  return {
    wake() {
      mayHaveMore = true
      lookBackAtMs = Math.min(lookBackAtMs, clock() + lookBackMs)
      pump()
    },
    setSending(may) {
      if (isSending && !may) mustForget = true
      isSending = may
      pump()
    },
    reload() {
      mustForget = true
      pump()
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      const ended = (async () => {
        while (work.size > 0) await Promise.all(work)
      })()
      await Promise.race([ended, sleep(drainMs, undefined, { ref: false })])
      await sender.close()
      await ended
    },
  }
}

function restMsAfter(times: number): number {
  return Math.min(firstRestMs * 2 ** Math.min(times - 1, mostDoublings), longestRestMs)
}

/** Names of errors and codes only: a message may quote what was sent. */
function causeOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : 'unknown'
}

function nameOf({ interface: id, destination }: QueueName) {
  return { interface: id, destination }
}
