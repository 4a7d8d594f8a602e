/** RFC 6455 websockets for signed-in actors: origin checked, pinged, cut off when they read too slowly. */

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog, LogEntry } from '@xinglin/events'
import { OutcomeError } from '@xinglin/fhir'
import type { Actor, Identity } from '@xinglin/identity'
import type { Runtime } from '@xinglin/runtime'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Credentials, credentialsOf, type Realm, resolveActor, statedActor } from './actor.ts'
import { heartbeatMs, maxOpenSocketsPerAddress, maxSocketMessageBytes, maxSocketsPerActor } from './limits.ts'
import { liveSocket } from './live-socket.ts'
import { textSocket } from './text-socket.ts'
import type { SocketHandler, TextSocketHandler } from './web.ts'

export type SocketsOptions = {
  readonly identity: Identity
  readonly events: Pick<EventLog, 'follow'>
  readonly runtime: Runtime
}

export interface Sockets {
  /** For staff and machines, and with `both` for patients too. */
  handle(path: string, handler: SocketHandler, realm?: Realm): void
  handleText(path: string, handler: TextSocketHandler): void
  /** Takes over the upgrade requests of a server. */
  attach(server: Server): void
  /** Closes every socket with 1001 (going away); who has not answered within a second is cut off. */
  close(): Promise<void>
}

type Open = {
  readonly socket: WebSocket
  /** Who opened it; absent where its messages tell who speaks. */
  readonly holder?: { readonly credentials: Credentials; readonly actor: Actor }
  readonly address: string
  isAlive: boolean
}

// How long a peer may take to answer our close frame when the platform stops.
const farewellMs = 1_000
const farewellLookMs = 20

/** RFC 6455 §7.4.1 and our own codes from 4000. */
const closing = { goingAway: 1001, signedOut: 4401, rightsChanged: 4403 } as const

/** The websocket endpoints of one HTTP server. */
export function createSockets({ identity, events, runtime }: SocketsOptions): Sockets {
  const handlers = new Map<string, { readonly handler: SocketHandler; readonly realm: Realm }>()
  const textHandlers = new Map<string, TextSocketHandler>()
  const open = new Set<Open>()
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxSocketMessageBytes,
    perMessageDeflate: false,
  })
  const heartbeat = setInterval(() => {
    for (const entry of open) void beat(entry, identity, runtime)
  }, heartbeatMs).unref()
  const stopFollowing = events.follow((entries) => {
    const accounts = new Set(entries.flatMap(changedAccount))
    for (const { socket, holder } of open)
      if (holder && accounts.has(holder.actor.id)) socket.close(closing.rightsChanged, 'rights changed')
  })

  function keep(entry: Open): void {
    const { socket } = entry
    open.add(entry)
    socket.on('pong', () => {
      entry.isAlive = true
    })
    socket.on('close', () => open.delete(entry))
    socket.on('error', (error) => runtime.log.warn('websocket failed', { error: error.name }))
  }

  /** No origin is asked for: nothing that a browser sends by itself counts here, only what the page itself sends. */
  function upgradeText(request: IncomingMessage, stream: Duplex, head: Buffer, handler: TextSocketHandler) {
    const address = request.socket.remoteAddress ?? ''
    const held = [...open].filter((entry) => !entry.holder && entry.address === address).length
    if (held >= maxOpenSocketsPerAddress) return refuse(stream, '429 Too Many Requests')
    server.handleUpgrade(request, stream, head, (socket) => {
      keep({ socket, address, isAlive: true })
      handler(textSocket(socket))
    })
  }

  async function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const textHandler = textHandlers.get(path)
    if (textHandler) return upgradeText(request, stream, head, textHandler)
    const handled = handlers.get(path)
    if (!handled) return refuse(stream, '404 Not Found')
    if (!isOwnOrigin(request)) return refuse(stream, '403 Forbidden')
    const { handler, realm } = handled
    const credentials = credentialsOf(request.headers, realm)
    const address = request.socket.remoteAddress ?? ''
    const found = await resolveActor(identity, credentials, address)
    if (!found || found.mustChangePassword || found.mustShowFactor) return refuse(stream, '401 Unauthorized')
    if (found.kind === 'patient' && realm === 'staff') return refuse(stream, '403 Forbidden')
    const actor = await statedOrNone(identity, found, request)
    if (!actor) return refuse(stream, '403 Forbidden')
    const held = [...open].filter((entry) => entry.holder?.actor.reference === actor.reference).length
    if (held >= maxSocketsPerActor) return refuse(stream, '429 Too Many Requests')
    server.handleUpgrade(request, stream, head, (socket) => {
      keep({ socket, holder: { credentials, actor }, address, isAlive: true })
      handler(liveSocket(socket), actor)
    })
  }

  return {
    handle: (path, handler, realm = 'staff') => void handlers.set(path, { handler, realm }),
    handleText: (path, handler) => void textHandlers.set(path, handler),
    attach(http) {
      http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
        // A peer that resets while it is being looked up has nobody to tell.
        stream.on('error', () => stream.destroy())
        upgrade(request, stream, head).catch((error: unknown) => {
          runtime.log.error('websocket upgrade failed', {
            error: error instanceof Error ? error.name : typeof error,
          })
          refuse(stream, '503 Service Unavailable')
        })
      })
    },
    async close() {
      clearInterval(heartbeat)
      stopFollowing()
      for (const { socket } of open) socket.close(closing.goingAway, 'the platform stops')
      for (let waitedMs = 0; open.size > 0 && waitedMs < farewellMs; waitedMs += farewellLookMs)
        await sleep(farewellLookMs)
      for (const { socket } of open) socket.terminate()
      server.close()
    },
  }
}

/** The actor with the purpose that he states; undefined where he may not state it. */
async function statedOrNone(
  identity: Identity,
  actor: Actor,
  { headers }: IncomingMessage,
): Promise<Actor | undefined> {
  try {
    return await statedActor(identity, actor, headers)
  } catch (error) {
    if (error instanceof OutcomeError) return undefined
    throw error
  }
}

/**
 * Whose account an entry changes: a socket knows its actor as he was when he opened it, so it is closed, and opened anew
 * by whoever still may.
 */
function changedAccount({ kind, data }: LogEntry): readonly string[] {
  if (!changingKinds.has(kind) || typeof data !== 'object' || data === null) return []
  const subject: unknown = Reflect.get(data, 'subject')
  return typeof subject === 'string' ? [subject] : []
}

const changingKinds: ReadonlySet<string> = new Set([
  'identity.person-disabled',
  'identity.staff-changed',
  'identity.roles-set',
  'identity.password-reset',
  'identity.terminal-left',
  'identity.terminal-locked',
])

/** Cuts a silent peer, and one whose session or token has ended since. */
async function beat(entry: Open, identity: Identity, runtime: Runtime): Promise<void> {
  if (!entry.isAlive) return entry.socket.terminate()
  entry.isAlive = false
  entry.socket.ping()
  if (!entry.holder) return
  try {
    const actor = await resolveActor(identity, entry.holder.credentials, entry.address)
    if (!actor || actor.mustShowFactor || reachOf(actor) !== reachOf(entry.holder.actor))
      entry.socket.close(closing.signedOut, 'signed out')
  } catch (error) {
    // The database may be away for a moment: the socket stays and is asked about again at the next beat.
    runtime.log.warn('websocket actor unknown', { error: error instanceof Error ? error.name : typeof error })
  }
}

/** What a patient's socket was opened for: charts that he no longer reaches end it, and his page opens another. */
function reachOf({ charts }: Actor): string | undefined {
  return charts?.toSorted().join()
}

/** Browsers always send Origin (§10.2); other clients need none. */
function isOwnOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
