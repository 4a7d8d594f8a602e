/** The web server put together: Fastify with our limits, gate, errors, sessions, live updates, pages, health and metrics. */

import type { RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { EventLog } from '@xinglin/events'
import { conflict } from '@xinglin/fhir'
import type { Identity } from '@xinglin/identity'
import type { DoorTls } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { type FastifyInstance, fastify } from 'fastify'
import { parseBodies } from './bodies.ts'
import { compressAnswers } from './compress.ts'
import { answerErrors, sendError } from './error-answer.ts'
import { installGate, type SignInBuckets } from './gate.ts'
import { createHealth, healthRoutes } from './health.ts'
import {
  defaultLimits,
  drainMs,
  handlerTimeoutMs,
  keepAliveTimeoutMs,
  maxHeaderBytes,
  maxParamLength,
  requestTimeoutMs,
  type WebLimits,
} from './limits.ts'
import { liveUpdates } from './live.ts'
import { createMetrics, measureAnswers, metricsRoute } from './metrics.ts'
import { isScreen, servePages } from './pages.ts'
import { patientRoutes } from './patient-routes.ts'
import { secureAnswers } from './security-headers.ts'
import { sessionRoutes } from './session-routes.ts'
import { createSharedBuckets } from './shared-buckets.ts'
import { createSockets } from './sockets.ts'
import { type OtherGrants, tokenRoute } from './token-route.ts'
import type { Web } from './web.ts'

export type WebOptions = {
  readonly identity: Identity
  readonly events: Pick<EventLog, 'follow'>
  readonly runtime: Runtime
  /** Address to listen on, for example `127.0.0.1`. */
  readonly bind: string
  /** 0 takes a free one. */
  readonly port: number
  /** Absolute path of the folder of built pages; absent: no pages. */
  readonly pages?: string
  readonly limits?: Partial<WebLimits>
  /** Addresses of reverse proxies whose `X-Forwarded-For` and `-Proto` are believed. */
  readonly trustedProxies?: readonly string[]
  /** Speaks HTTPS where given, else HTTP. */
  readonly tls?: DoorTls | undefined
}

/** A web server that is not listening yet; rooms and doors add their routes to `http` first. */
export async function createWeb(options: WebOptions): Promise<Web> {
  const { identity, runtime } = options
  const limits = { ...defaultLimits, ...options.limits }
  const http = createHttp(options, limits)
  const metrics = createMetrics()
  const permissions = new Set<string>()
  const health = createHealth(() => performance.now())
  const sockets = createSockets({ identity, events: options.events, runtime })
  const live = liveUpdates({ events: options.events, identity })

  secureAnswers(http)
  measureAnswers(http, metrics)
  parseBodies(http)
  installGate(http, { identity, limits })
  compressAnswers(http)
  if (options.pages) await servePages(http, options.pages)
  const screen = (request: Parameters<typeof isScreen>[0], reply: Parameters<typeof sendPage>[0]) =>
    options.pages && isScreen(request) ? sendPage(reply) : undefined
  answerErrors(http, { runtime, screen })

  const signIns = signInBuckets(identity, limits)
  const sessions = sessionRoutes(http, { identity, signIns, permissions, timeZone: runtime.timeZone })
  let others: OtherGrants | undefined
  await tokenRoute(http, { identity, signIns, others: () => others })
  healthRoutes(http, health)
  metricsRoute(http, { registry: metrics, identity })
  patientRoutes(http, { identity, signIns, timeZone: runtime.timeZone })
  sockets.handle('/api/live', live.handler, 'both')
  sockets.attach(http.server)

  return {
    http,
    metrics,
    signIns: sessions,
    socket: sockets.handle,
    textSocket: sockets.handleText,
    answerGrants(given) {
      others = given
    },
    declarePermissions: (ids) => ids.forEach((id) => void permissions.add(id)),
    addCheck: health.add,
    listen: () => listen(http, options),
    async close() {
      live.stop()
      const late = setTimeout(() => http.server.closeAllConnections(), drainMs)
      await Promise.all([sockets.close(), http.close()])
      clearTimeout(late)
    },
  }
}

function createHttp({ runtime, trustedProxies = [], tls }: WebOptions, limits: WebLimits): FastifyInstance {
  return fastify({
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength },
    requestTimeout: requestTimeoutMs,
    handlerTimeout: handlerTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    http: { maxHeaderSize: maxHeaderBytes },
    ...(tls ? { serverFactory: secureServer(tls) } : {}),
    clientErrorHandler: answerMalformed,
    // Addresses that cannot be decoded fail before any route, where the error handler of the routes is not asked.
    frameworkErrors: (error, request, reply) => void sendError(error, { request, reply, runtime }),
    // Our own lines carry ids only; the framework's would carry addresses with query values.
    logger: false,
  })
}

/** The framework leaves the limits of a server that it is given to whoever made it. */
function secureServer(tls: DoorTls) {
  return (handler: RequestListener) => {
    const server = createHttpsServer({ ...tls.options, maxHeaderSize: maxHeaderBytes }, handler)
    server.keepAliveTimeout = keepAliveTimeoutMs
    server.requestTimeout = requestTimeoutMs
    tls.follow(server)
    return server
  }
}

/** Answers bytes that are no HTTP request (RFC 9112 §2.2), for which no route runs. */
function answerMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy(error)
    return
  }
  const isTooLong = error.code === 'HPE_HEADER_OVERFLOW'
  const status = isTooLong ? '431 Request Header Fields Too Large' : '400 Bad Request'
  const diagnostics = isTooLong ? `headers exceed ${maxHeaderBytes} bytes` : 'this is no HTTP request'
  const details = { coding: [{ system: 'urn:xinglin:error', code: 'web.malformed' }] }
  const issue = [{ severity: 'error', code: 'invalid', details, diagnostics }]
  const body = JSON.stringify({ resourceType: 'OperationOutcome', issue })
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/fhir+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function sendPage(reply: import('fastify').FastifyReply) {
  return reply.sendFile('index.html')
}

/** By address, over all processes: who guesses passwords is sent by a load balancer to each in turn. */
function signInBuckets({ allowances }: Identity, { signInsPerMinute }: WebLimits): SignInBuckets {
  const shared = createSharedBuckets({ lease: allowances.lease, elapsedMs: () => performance.now() })
  const rate = { perSecond: signInsPerMinute / 60, burst: signInsPerMinute }
  return { take: (address) => shared.take(`sign-in/${address}`, rate) }
}

async function listen(http: FastifyInstance, { bind, port }: WebOptions): Promise<{ port: number }> {
  try {
    await http.listen({ host: bind, port })
  } catch (cause) {
    throw portFault(cause, bind, port)
  }
  const address = http.server.address()
  return { port: typeof address === 'object' && address ? address.port : port }
}

function portFault(cause: unknown, bind: string, port: number): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const detail = { code: 'web.cannot-listen', at: 'XINGLIN_HTTP_PORT', cause }
  if (code === 'EADDRINUSE')
    return conflict(
      `port ${port} on ${bind} is used by another program; set XINGLIN_HTTP_PORT to a free port`,
      detail,
    )
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return conflict(
      `port ${port} on ${bind} cannot be opened (${code}); check XINGLIN_BIND and XINGLIN_HTTP_PORT`,
      detail,
    )
  return cause
}
