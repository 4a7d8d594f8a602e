/**
 * Websocket channel (backport §websockets): `bind-with-token <token>`, a handshake for each subscription, then its events
 * from the first that was never sent. Sockets live in one process; events come to it from the table, whoever made them.
 */

import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { TextSocket } from '@xinglin/web'
import type { SubscriptionsKernel } from '../kernel.ts'
import { mostBindings, pollMs, unboundMs } from '../limits.ts'
import { digestOf } from '../operations/binding-token.ts'
import type { SubscriptionSettings } from '../settings.ts'
import { createWaker, wakeChannel } from '../wake.ts'
import { type Binding, createBinding } from './binding.ts'
import { socketPath } from './path.ts'

/** `bind-with-token: <token>` as well as with a space, and the JSON form that some clients send. */
const bindForm = /^bind-with-token[:\s]\s*([\w-]{20,200})\s*$/
const jsonForm = /^\s*\{.*"token"\s*:\s*"([\w-]{20,200})"/s

type Client = {
  readonly socket: TextSocket
  readonly bindings: Map<string, Binding>
  /** Mutable on purpose: one sending at a time keeps the order, and a slow reader waits alone. */
  isSending: boolean
}

/** Opens the websocket endpoint; `stop` ends the sending, the sockets are closed by the web server. */
export function openSockets(
  kernel: SubscriptionsKernel,
  settings: SubscriptionSettings,
): { stop(): Promise<void> } {
  const { web, database, runtime } = kernel
  const clients = new Set<Client>()
  const sending = new Set<Promise<void>>()
  const waker = createWaker()
  const stopping = new AbortController()
  let listening: Promise<() => Promise<void>> | undefined
  let working: Promise<void> | undefined

  const sendTo = async (client: Client) => {
    for (const [id, binding] of client.bindings) {
      if (await binding.send()) continue
      client.bindings.delete(id)
      if (client.bindings.size === 0) client.socket.close('no subscription is bound to this socket any more')
    }
  }

  const begin = (client: Client) => {
    if (client.isSending) return
    client.isSending = true
    const done = sendTo(client)
      .catch((error: unknown) => {
        runtime.log.warn('events cannot be read for a websocket now', {
          reason: error instanceof Error ? error.name : typeof error,
        })
      })
      .finally(() => {
        client.isSending = false
        sending.delete(done)
      })
    sending.add(done)
  }

  const work = async () => {
    while (!stopping.signal.aborted && clients.size > 0) {
      for (const client of clients) begin(client)
      await waker.sleep(pollMs)
    }
    working = undefined
  }

  const bind = async (client: Client, text: string) => {
    const token = (bindForm.exec(text) ?? jsonForm.exec(text))?.[1]
    const found = token === undefined ? undefined : await takeToken(kernel, token)
    if (!found || client.bindings.size + found.ids.length > mostBindings)
      return client.socket.close('send bind-with-token and a token that is not used yet')
    for (const id of found.ids) {
      const binding = createBinding({ kernel, settings, socket: client.socket }, { tenant: found.tenant, id })
      if (await binding.begin()) client.bindings.set(id, binding)
    }
    if (client.bindings.size === 0) return client.socket.close('the subscription is not active any more')
    working ??= work()
    waker.wake()
  }

  web.textSocket(socketPath, (socket) => {
    const client: Client = { socket, bindings: new Map(), isSending: false }
    clients.add(client)
    listening ??= database.listen(wakeChannel, () => waker.wake())
    const unbound = setTimeout(() => {
      if (client.bindings.size === 0) socket.close('nothing was bound')
    }, unboundMs)
    socket.onMessage((text) => bind(client, text))
    socket.onClose(() => {
      clearTimeout(unbound)
      clients.delete(client)
    })
  })

  return {
    async stop() {
      stopping.abort()
      waker.wake()
      await working
      await Promise.all(sending)
      await (await listening)?.()
    },
  }
}

/** The subscriptions of a token, which is used up by it; undefined where there is none. */
async function takeToken(
  { database, runtime }: SubscriptionsKernel,
  token: string,
): Promise<{ readonly tenant: TenantId; readonly ids: readonly string[] } | undefined> {
  const [row] = await database.query(sql<{ tenant: TenantId; ids: readonly string[]; isLive: boolean }>`
    delete from subscriptions.binding_token
    where hash = ${digestOf(token)}
    returning tenant, subscriptions as ids, ends > ${runtime.now()}::timestamptz as "isLive"`)
  return row?.isLive ? row : undefined
}
