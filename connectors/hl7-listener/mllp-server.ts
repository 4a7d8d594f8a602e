/** A server of MLLP connections (HL7 v2.3.1 implementation guide, appendix C), whoever takes their frames. */
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import type { RawHeader } from '@xinglin/hl7v2'
import type { DoorTls } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import type { ListenerLimits } from './limits.ts'
import { type FrameTaker, openSession, type Session } from './session.ts'

export type MllpServerOptions = {
  readonly bind: string
  /** 0 takes a free one. */
  readonly port: number
  /** MLLP over TLS (IHE ITI TF-2 §3.19) where given. */
  readonly tls?: DoorTls | undefined
  readonly limits: ListenerLimits
  readonly runtime: Runtime
  /** Settles when nothing that was taken is on its way. */
  readonly idle: () => Promise<void>
}

export interface MllpServer {
  readonly port: number
  /** Takes no more connections, answers what is on its way, closes. */
  stop(): Promise<void>
}

/** Settles when it listens. */
export async function startMllpServer<Frame extends { readonly header: RawHeader }>(
  taker: FrameTaker<Frame>,
  options: MllpServerOptions,
): Promise<MllpServer> {
  const { runtime, limits, tls, idle } = options
  const sessions = new Set<Session>()
  const clock = () => performance.now()
  const server = serverOf(tls, (socket) => {
    const session = openSession(socket, { taker, runtime, limits, clock })
    sessions.add(session)
    socket.once('close', () => sessions.delete(session))
  })
  server.maxConnections = limits.connections
  server.on('drop', () => runtime.log.warn('hl7 connection refused', { connections: limits.connections }))
  const timer = setInterval(() => {
    const nowMs = clock()
    for (const session of sessions) session.tick(nowMs)
  }, 1000)
  timer.unref()
  const port = await listening(server, options)
  return {
    port,
    async stop() {
      clearInterval(timer)
      const closed = new Promise<void>((done) => server.close(() => done()))
      const drained = Promise.all([...sessions].map((session) => session.drain())).then(idle)
      await Promise.race([drained, pause(limits.drainMs, undefined, { ref: false })])
      await Promise.race([closed, pause(limits.drainMs, undefined, { ref: false })])
    },
  }
}

function serverOf(tls: DoorTls | undefined, serve: (socket: Socket) => void): Server {
  if (!tls) return createServer({ allowHalfOpen: true, pauseOnConnect: false }, serve)
  const server = createTlsServer({ ...tls.options, allowHalfOpen: true }, serve)
  tls.follow(server)
  return server
}

function listening(server: Server, { bind, port }: MllpServerOptions): Promise<number> {
  return new Promise((settle, fail) => {
    server.once('error', fail)
    server.listen(port, bind, () => {
      server.off('error', fail)
      const address = server.address()
      settle(typeof address === 'object' && address ? address.port : port)
    })
  })
}
