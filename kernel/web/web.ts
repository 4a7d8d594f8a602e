/** HTTP and websockets with one error shape, limits and an actor on every request. */

import type { Actor } from '@xinglin/identity'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { SignIns } from './session-routes.ts'
import type { OtherGrants } from './token-route.ts'

export { type Realm, requireActor } from './actor.ts'
export { type Addresses, createAddresses } from './addresses.ts'
export { takesGzip } from './compress.ts'
export { deviceCookie, patientCookie, readCookie, sessionCookie } from './cookie.ts'
export { createWeb, type WebOptions } from './create-web.ts'
export { csvLine, csvOf } from './csv.ts'
export { chartAsked, forPatients } from './for-patients.ts'
export { parseJson } from './json.ts'
export { defaultLimits, type WebLimits } from './limits.ts'
export { type Language, languageOf, spoken } from './refusals/speak.ts'
export type { SignIns } from './session-routes.ts'
export type { OtherGrants } from './token-route.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, from session cookie or bearer token; undefined where neither was sent. */
    actor?: Actor
    /** The body byte for byte, for bodies that were parsed as JSON. */
    rawBody?: Buffer
    /** How a refusal is written (an OperationOutcome as JSON text); as plain JSON where a door sets nothing. */
    writeOutcome?: (outcome: string) => { readonly type: string; readonly text: string }
  }
}

export type SocketHandler = (socket: LiveSocket, actor: Actor) => void
/** One websocket; messages are JSON values. */
export interface LiveSocket {
  send(message: unknown): void
  /** An act that throws closes the socket with the message of its failure. */
  onMessage(act: (message: unknown) => void | Promise<void>): void
  onClose(act: () => void): void
  close(reason: string): void
}

export type TextSocketHandler = (socket: TextSocket) => void
/** One websocket of a protocol with its own messages and its own proof of who speaks. */
export interface TextSocket {
  /** Settles when the bytes were handed to the operating system, with false where the socket is closed or fails. */
  send(text: string): Promise<boolean>
  onMessage(act: (text: string) => void | Promise<void>): void
  onClose(act: () => void): void
  close(reason: string): void
}

/**
 * Settles with undefined when the part works, with a `note` when it works but somebody should look, else with a short
 * reason. None of them has any content of patients.
 */
export type HealthCheck = () => Promise<string | { readonly note: string } | undefined>

export interface Web {
  readonly http: FastifyInstance
  /** A websocket endpoint for signed-in actors; anonymous ones are refused with 401 before the upgrade. */
  socket(path: string, handler: SocketHandler): void
  /** A websocket endpoint that anybody may open: the handler closes it unless a message soon proves who speaks. */
  textSocket(path: string, handler: TextSocketHandler): void
  /** Sets who answers `/oauth2/token` for everything but client credentials with a secret. */
  answerGrants(others: OtherGrants): void
  /** Permission ids of the apps: `GET /api/session` lists those that its actor holds. */
  declarePermissions(permissions: readonly string[]): void
  readonly signIns: SignIns
  /** Adds a part to `/health/ready`, which answers 200 only when every part works. */
  addCheck(name: string, check: HealthCheck): void
  /** Instruments registered here are given by `/metrics`. */
  readonly metrics: Registry
  listen(): Promise<{ readonly port: number }>
  close(): Promise<void>
}

/** The actor of a request; throws `unauthenticated` where there is none, `forbidden` while its one-time password stands. */
export type RequireActor = (request: { actor?: Actor }) => Actor
