/** One subscription on one websocket: what was sent on it, and what is due. */

import { sql } from '@xinglin/database'
import { epochMs } from '@xinglin/fhir'
import type { TextSocket } from '@xinglin/web'
import { authorityOf } from '../authority.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import { notificationBody } from '../notification/bundle.ts'
import { contentOf } from '../notification/content.ts'
import { auditNotification } from '../notification/disclose.ts'
import type { NotificationType, Told } from '../notification/status.ts'
import type { SubscriptionSettings } from '../settings.ts'
import { readProgress } from '../store/deliveries.ts'
import { readEvents } from '../store/events.ts'
import type { Progress, SubscriptionKey, SubscriptionRow } from '../store/rows.ts'
import { readSubscriptionRow } from '../store/subscriptions.ts'
import { findTopic } from '../store/topics.ts'
import { toldTypes } from '../topics/told-types.ts'

export interface Binding {
  /** Sends the handshake; false where there is nothing to bind to. */
  begin(): Promise<boolean>
  /** Sends what is due; false where the subscription has ended or its owner may not listen any more. */
  send(): Promise<boolean>
}

type Needs = {
  readonly kernel: SubscriptionsKernel
  readonly settings: SubscriptionSettings
  readonly socket: TextSocket
}
type State = { readonly row: SubscriptionRow; readonly progress: Progress }

/** A binding; it keeps its own place, since several sockets may listen to one subscription. */
export function createBinding(needs: Needs, key: SubscriptionKey): Binding {
  const { kernel, settings, socket } = needs
  const { database, runtime } = kernel
  let sentUpTo = 0
  let lastSentMs = 0

  const stateNow = async (): Promise<State | undefined> => {
    const [row, progress] = await Promise.all([
      readSubscriptionRow(database, key),
      readProgress(database, key),
    ])
    if (!row || !progress || row.definition.channel.kind !== 'websocket') return undefined
    return row.status === 'off' || row.status === 'error' ? undefined : { row, progress }
  }

  const tell = async (
    { row, progress }: State,
    told: Pick<Told, 'events'> & { readonly type: NotificationType },
  ): Promise<boolean> => {
    const { topic, content, contentType } = row.definition
    const { lastEvent } = progress
    const { now, newId } = runtime
    const isSent = await within(
      row.definition.timeoutSeconds * 1000,
      socket.send(
        notificationBody(
          { id: key.id, status: row.status, topic, content, lastEvent, ...told },
          { baseUrl: settings.baseUrl, newId, at: now() },
          contentType,
        ),
      ),
    )
    if (isSent) lastSentMs = epochMs(now())
    return isSent
  }

  const tellEvents = async (state: State): Promise<boolean> => {
    const { row, progress } = state
    const authority = await authorityOf(kernel, row)
    const topic = await findTopic(database, key.tenant, row.definition.topic)
    if (!authority || !topic || !toldTypes(topic, row.definition.filters).some(authority.mayReadType))
      return false
    const { content, maxCount } = row.definition
    const range = { from: sentUpTo + 1, until: progress.lastEvent, limit: maxCount }
    const read = await readEvents(database, key, { range, timeZone: runtime.timeZone })
    const { readable, shown, actor } = authority
    const events = await contentOf(kernel, read, { tenant: key.tenant, content, topic, readable, shown })
    const rows = read.slice(0, events.length)
    await auditNotification(kernel, actor, {
      subscription: key.id,
      isEmpty: content === 'empty',
      rows,
      events,
    })
    if (!(await tell(state, { type: 'event-notification', events }))) return false
    sentUpTo = rows.at(-1)?.number ?? progress.lastEvent
    await keepSent(kernel, key, sentUpTo)
    return true
  }

  const isHeartbeatDue = ({ row }: State) => {
    const { heartbeatSeconds } = row.definition
    return heartbeatSeconds !== undefined && epochMs(runtime.now()) - lastSentMs >= heartbeatSeconds * 1000
  }

  return {
    async begin() {
      const state = await stateNow()
      if (!state || !(await authorityOf(kernel, state.row))) return false
      sentUpTo = state.progress.delivered
      return tell(state, { type: 'handshake' })
    },
    async send() {
      for (let state = await stateNow(); state; state = await stateNow()) {
        if (sentUpTo >= state.progress.lastEvent)
          return isHeartbeatDue(state) ? tell(state, { type: 'heartbeat' }) : true
        if (!(await tellEvents(state))) return false
      }
      return false
    },
  }
}

/** What was handed to a socket counts as delivered; a client that missed some sees it by the numbers and asks `$events`. */
async function keepSent(
  { database, runtime }: SubscriptionsKernel,
  key: SubscriptionKey,
  number: number,
): Promise<void> {
  await database.query(sql`
    update subscriptions.delivery
    set delivered = greatest(delivered, ${number}), last_sent = ${runtime.now()}::timestamptz
    where tenant = ${key.tenant} and subscription = ${key.id}`)
}

/** False where a reader is so slow that the bytes do not leave in time. */
async function within(ms: number, sending: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((settle) => {
    timer = setTimeout(() => settle(false), ms)
  })
  const isSent = await Promise.race([sending, late])
  clearTimeout(timer)
  return isSent
}
