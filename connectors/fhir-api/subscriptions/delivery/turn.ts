/**
 * One turn at one rest-hook subscription: its handshake, or its undelivered events in order, or its heartbeat. The cursor
 * moves after the receiver's 2xx, so that a crash in between repeats a notification and never loses one.
 */

import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import { type Authority, authorityOf } from '../authority.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import { firstPauseMs, longestPauseMs, turnMs } from '../limits.ts'
import { notificationBody } from '../notification/bundle.ts'
import { contentOf } from '../notification/content.ts'
import { auditNotification } from '../notification/disclose.ts'
import type { NotificationType, Told } from '../notification/status.ts'
import type { SubscriptionSettings } from '../settings.ts'
import { endTurn, keepFailure, keepSuccess, type Turn } from '../store/deliveries.ts'
import { readEvents } from '../store/events.ts'
import { findTopic } from '../store/topics.ts'
import { toldTypes } from '../topics/told-types.ts'
import type { Post, Posted } from './post.ts'
import { moveTo } from './state.ts'

export type TurnNeeds = {
  readonly kernel: SubscriptionsKernel
  readonly settings: SubscriptionSettings
  readonly post: Post
  readonly stopping: AbortSignal
}

/** Does what is due and gives the turn back; failures of the receiver are kept, not thrown. */
export async function takeTurn(needs: TurnNeeds, turn: Turn): Promise<void> {
  const { database, runtime } = needs.kernel
  try {
    await work(needs, turn)
  } catch (error) {
    // Without the pause a fault of ours would be met again at once, for ever.
    const at = runtime.now()
    const retryAt = laterBy(at, pauseMs(turn.failures), runtime.timeZone)
    await keepFailure(database, turn, { at, reason: 'the platform could not make the notification', retryAt })
    throw error
  } finally {
    await endTurn(database, turn)
  }
}

async function work(needs: TurnNeeds, turn: Turn): Promise<void> {
  const { kernel } = needs
  const { ends } = turn.definition
  if (ends !== undefined && epochMs(ends) <= epochMs(kernel.runtime.now())) {
    await moveTo(kernel, turn, { status: 'off', revision: turn.revision })
    return
  }
  const authority = await authorityOf(kernel, turn)
  if (!authority) {
    await stopWith(needs, turn, 'who asked for the subscription is no longer known or is disabled')
    return
  }
  const topic = await findTopic(kernel.database, turn.tenant, turn.definition.topic)
  if (topic && !toldTypes(topic, turn.definition.filters).some(authority.mayReadType)) {
    await stopWith(needs, turn, 'who asked for the subscription may not read any more what it tells')
    return
  }
  if (turn.status === 'requested') return shakeHands(needs, turn)
  if (turn.lastEvent > turn.delivered) return deliverAll(needs, turn, authority)
  await settle(needs, turn, {
    posted: await send(needs, turn, { type: 'heartbeat', lastEvent: turn.lastEvent }),
    delivered: turn.delivered,
  })
}

/** Backport §rest-hook: a handshake that is accepted makes it active, any error in it makes it `error`. */
async function shakeHands(needs: TurnNeeds, turn: Turn): Promise<void> {
  const { kernel, stopping } = needs
  // A websocket shakes hands when it is bound.
  const posted: Posted =
    turn.definition.channel.kind === 'websocket'
      ? { isDelivered: true }
      : await send(needs, turn, { type: 'handshake', lastEvent: turn.lastEvent })
  if (stopping.aborted && !posted.isDelivered) return
  if (!posted.isDelivered) return stopWith(needs, turn, posted.reason)
  await keepSuccess(kernel.database, turn, { at: kernel.runtime.now(), delivered: turn.delivered })
  await moveTo(kernel, turn, { status: 'active', revision: turn.revision })
}

/** Notification after notification until nothing is left, one fails, or the turn has lasted long enough for the others. */
async function deliverAll(needs: TurnNeeds, turn: Turn, authority: Authority): Promise<void> {
  const startedMs = performance.now()
  const progress = { delivered: turn.delivered, lastEvent: turn.lastEvent }
  while (progress.delivered < progress.lastEvent) {
    if (needs.stopping.aborted || performance.now() - startedMs > turnMs) return
    const next = await deliverNext(needs, { ...turn, ...progress }, authority)
    if (next === undefined) return
    Object.assign(progress, next)
  }
}

async function deliverNext(needs: TurnNeeds, turn: Turn, authority: Authority) {
  const { kernel } = needs
  const { definition, tenant } = turn
  const range = { from: turn.delivered + 1, until: turn.lastEvent, limit: definition.maxCount }
  const read = await readEvents(kernel.database, turn, { range, timeZone: kernel.runtime.timeZone })
  const topic = await findTopic(kernel.database, tenant, definition.topic)
  const events = await contentOf(kernel, read, {
    ...{ tenant, topic },
    content: definition.content,
    readable: authority.readable,
    shown: authority.shown,
  })
  const rows = read.slice(0, events.length)
  const last = rows.at(-1)?.number ?? turn.lastEvent
  await auditNotification(kernel, authority.actor, {
    subscription: turn.id,
    isEmpty: definition.content === 'empty',
    ...{ rows, events },
  })
  const posted = await send(needs, turn, { type: 'event-notification', lastEvent: turn.lastEvent, events })
  return settle(needs, turn, { posted, delivered: last })
}

type Sent = Pick<Told, 'lastEvent' | 'events'> & { readonly type: NotificationType }

async function send(
  { kernel, settings, post, stopping }: TurnNeeds,
  turn: Turn,
  sent: Sent,
): Promise<Posted> {
  const { definition, headers, id, status } = turn
  if (definition.channel.kind !== 'rest-hook')
    return { isDelivered: false, reason: 'the channel has no endpoint', isFinal: true }
  const { now, newId } = kernel.runtime
  const { topic, content, contentType, timeoutSeconds } = definition
  const body = notificationBody(
    { id, status, topic, content, ...sent },
    { baseUrl: settings.baseUrl, newId, at: now() },
    contentType,
  )
  const timeoutMs = timeoutSeconds * 1000
  return post.send({ endpoint: definition.channel.endpoint, headers, contentType, body, timeoutMs, stopping })
}

/** Keeps what became of a notification; undefined where the turn must end. */
async function settle(
  needs: TurnNeeds,
  turn: Turn,
  { posted, delivered }: { readonly posted: Posted; readonly delivered: number },
): Promise<{ delivered: number; lastEvent: number } | undefined> {
  const { kernel, settings, stopping } = needs
  const { database, runtime } = kernel
  if (posted.isDelivered) {
    const lastEvent = await keepSuccess(database, turn, { at: runtime.now(), delivered })
    return lastEvent === undefined ? undefined : { delivered, lastEvent }
  }
  // Our own stop cut the request off: that is no failure of the receiver.
  if (stopping.aborted) return undefined
  const at = runtime.now()
  const retryAt = laterBy(at, pauseMs(turn.failures), runtime.timeZone)
  await keepFailure(database, turn, { at, reason: posted.reason, retryAt })
  runtime.log.warn('a notification was not delivered', {
    subscription: turn.id,
    failures: turn.failures + 1,
    reason: posted.reason,
  })
  if (posted.isFinal || turn.failures + 1 >= settings.attempts) await stopWith(needs, turn, posted.reason)
  return undefined
}

function pauseMs(failuresBefore: number): number {
  return Math.min(firstPauseMs * 2 ** Math.min(failuresBefore, 30), longestPauseMs)
}

function laterBy(at: Instant, ms: number, timeZone: string): Instant {
  return instantOf(epochMs(at) + ms, timeZone)
}

/** The subscription goes to error with the reason; its events are still collected and can be read. */
async function stopWith({ kernel }: TurnNeeds, turn: Turn, reason: string): Promise<void> {
  await moveTo(kernel, turn, { status: 'error', revision: turn.revision, error: reason })
}
