/** HTTP and websockets with one error shape, limits and an actor on every request. */

import type { Actor } from '@xinglin/identity'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, from session cookie or bearer token; undefined where neither was sent. */
    actor?: Actor
  }
}

export type SocketHandler = (socket: LiveSocket, actor: Actor) => void
/** One websocket; messages are JSON values. */
export interface LiveSocket {
  send(message: unknown): void
  onMessage(act: (message: unknown) => void): void
  onClose(act: () => void): void
  close(reason: string): void
}

export interface Web {
  readonly http: FastifyInstance
  /** A websocket endpoint for signed-in actors; anonymous ones are refused with 401 before the upgrade. */
  socket(path: string, handler: SocketHandler): void
  listen(): Promise<{ readonly port: number }>
  close(): Promise<void>
}

/** The actor of a request; throws `unauthenticated` where there is none or its one-time password still stands. */
export type RequireActor = (request: { actor?: Actor }) => Actor
