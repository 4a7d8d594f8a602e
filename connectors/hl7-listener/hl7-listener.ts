/**
 * The HL7 v2 door: MLLP on TCP (HL7 v2.3.1 implementation guide, appendix C). ADT, ORM, OML and ORU messages become
 * records, mapped as the published v2-to-FHIR maps say; every message is stored before it is looked at, and answered AA
 * only after a durable commit.
 *
 * It reads no batches (FHS, BHS).
 */
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import type { Kernel } from '@xinglin/app'
import type { TenantId } from '@xinglin/events'
import { conflict } from '@xinglin/fhir'
import { zoneOffset } from '@xinglin/hl7v2'
import type { DoorTls } from '@xinglin/keys'
import { type ReadingOptions, readFrame } from './arrival.ts'
import { createIntake, type Intake } from './intake.ts'
import { type ListenerLimits, listenerLimits } from './limits.ts'
import { openSession, type Session } from './session.ts'

export type Hl7ListenerOptions = {
  readonly bind: string
  /** 0 takes a free one. */
  readonly port: number
  readonly tenant: TenantId
  readonly limits?: Partial<ListenerLimits>
  /** MLLP over TLS (IHE ITI TF-2 §3.19) where given. */
  readonly tls?: DoorTls | undefined
}

export interface Hl7Listener {
  readonly port: number
  /** Takes no more connections, answers what is on its way, closes. */
  stop(): Promise<void>
}

/** Opens the door; settles when it listens. */
export async function startHl7Listener(kernel: Kernel, options: Hl7ListenerOptions): Promise<Hl7Listener> {
  const { runtime, identity } = kernel
  const limits = { ...listenerLimits, ...options.limits }
  const offset = zoneOffset(runtime.timeZone)
  const reading = { tenant: options.tenant, offset }
  const intake = createIntake({ kernel, offset, actor: identity.systemActor('hl7-listener', options.tenant) })
  const sessions = new Set<Session>()
  const clock = () => performance.now()

  processAgain(kernel, { intake, reading })

  const server = serverOf(options.tls, (socket) => {
    const session = openSession(socket, { intake, reading, runtime, limits, clock })
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
  runtime.log.info('hl7 listener open', { bind: options.bind, port })

  return {
    port,
    async stop() {
      clearInterval(timer)
      const closed = new Promise<void>((done) => server.close(() => done()))
      const drained = Promise.all([...sessions].map((session) => session.drain())).then(() => intake.idle())
      await Promise.race([drained, pause(limits.drainMs, undefined, { ref: false })])
      await Promise.race([closed, pause(limits.drainMs, undefined, { ref: false })])
      runtime.log.info('hl7 listener closed', { port })
    },
  }
}

function serverOf(tls: DoorTls | undefined, serve: (socket: Socket) => void): Server {
  if (!tls) return createServer({ allowHalfOpen: true, pauseOnConnect: false }, serve)
  const server = createTlsServer({ ...tls.options, allowHalfOpen: true }, serve)
  tls.follow(server)
  return server
}

/** Lets a process without a listener process stored messages again: the resend button is in the pages. */
export function registerHl7Resend(kernel: Kernel, { tenant }: { readonly tenant: TenantId }): void {
  const offset = zoneOffset(kernel.runtime.timeZone)
  const intake = createIntake({ kernel, offset, actor: kernel.identity.systemActor('hl7-listener', tenant) })
  processAgain(kernel, { intake, reading: { tenant, offset } })
}

function processAgain(
  { traffic }: Kernel,
  { intake, reading }: { readonly intake: Intake; readonly reading: ReadingOptions },
): void {
  traffic.onResend('hl7v2', async (message, raw) => {
    const answered = await intake.again(message, readFrame(raw, { ...reading, tenant: message.tenant }))
    if (answered.kind === 'failed') {
      throw conflict('the platform could not process the message now; try again', {
        code: 'hl7.platform-failure',
      })
    }
  })
}

function listening(server: Server, { bind, port }: Hl7ListenerOptions): Promise<number> {
  return new Promise((settle, fail) => {
    server.once('error', fail)
    server.listen(port, bind, () => {
      server.off('error', fail)
      const address = server.address()
      settle(typeof address === 'object' && address ? address.port : port)
    })
  })
}
