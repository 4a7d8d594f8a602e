/** The DICOM node on TCP: Verification and Storage as SCP (PS3.4 annexes A and B), one session a connection. */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import type { Kernel } from '@xinglin/app'
import type { TenantId } from '@xinglin/events'
import type { DoorTls } from '@xinglin/keys'
import { createMessages, type StoreRequest } from './association/messages.ts'
import { localLimitExceeded } from './association/negotiate.ts'
import { withOwnMemory } from './association/own-memory.ts'
import { type Session, startSession } from './association/session.ts'
import { complaintAbout } from './association/watch.ts'
import { drainMs, maxAssociations, watchIntervalMs } from './settings.ts'
import { type Blocks, createBlocks } from './store/byte-channel.ts'
import { createInstanceIndex } from './store/instance-index.ts'
import type { Refusal } from './store/refusal.ts'
import { storeInstance } from './store/store-instance.ts'
import { createStudyRecorder } from './study/study-recorder.ts'

export type DicomNodeOptions = {
  readonly bind: string
  readonly port: number
  readonly aeTitle: string
  readonly tenant: TenantId
  /** DICOM over TLS (PS3.15 §B.12, the BCP 195 profile) where given. */
  readonly tls?: DoorTls | undefined
}
export type DicomNode = { readonly port: number; stop(): Promise<void> }

/** Opens the port; `stop` lets stores under way finish (at most 5 s), then closes what is left. */
export async function startDicomNode(kernel: Kernel, options: DicomNodeOptions): Promise<DicomNode> {
  const { tenant } = options
  const log = kernel.runtime.log.with({ door: 'dicom' })
  const recorder = createStudyRecorder(kernel)
  const index = createInstanceIndex({ kernel, tenant, changed: recorder.wake })
  const connections = new Set<Connection>()
  const blocks = createBlocks()

  function serve(socket: Socket): void {
    const connection = openConnection(socket, {
      aeTitle: options.aeTitle,
      isOneTooMany: connections.size >= maxAssociations,
      log,
      blocks,
      store: async (request, callingAe) => {
        await storeInstance(kernel, index, {
          tenant,
          sender: callingAe,
          verb: 'C-STORE',
          receivedAt: kernel.runtime.now(),
          bytes: request.bytes,
          named: {
            sopClassUid: request.sopClassUid,
            sopInstanceUid: request.sopInstanceUid,
            transferSyntax: request.context.transferSyntax,
          },
        })
      },
      refused: (request, refusal, callingAe) => {
        if (refusal.fault !== undefined) log.error('instance failed', { fault: describe(refusal.fault) })
        log.warn('instance refused', {
          sender: callingAe,
          code: refusal.code,
          instance: request.sopInstanceUid,
        })
        journalRefusal(kernel, tenant, { callingAe, sopInstanceUid: request.sopInstanceUid, refusal }).catch(
          (error: unknown) => log.error('a refusal could not be journalled', { reason: String(error) }),
        )
      },
    })
    connections.add(connection)
    socket.once('close', () => connections.delete(connection))
  }

  const server = serverOf(options.tls, serve)
  const watch = setInterval(() => {
    for (const connection of connections) connection.look()
  }, watchIntervalMs)
  await new Promise<void>((settle, fail) => {
    server.once('error', fail)
    server.listen(options.port, options.bind, () => {
      server.off('error', fail)
      settle()
    })
  })
  recorder.start()
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : options.port
  log.info('dicom node listens', { port, aeTitle: options.aeTitle })

  return {
    port,
    async stop() {
      clearInterval(watch)
      const closed = new Promise<void>((settle) => server.close(() => settle()))
      const late = new Promise<void>((settle) => setTimeout(settle, drainMs).unref())
      await Promise.race([Promise.all([...connections].map((connection) => connection.idle())), late])
      for (const connection of connections) connection.close()
      await closed
      await recorder.stop()
    },
  }
}

function serverOf(tls: DoorTls | undefined, serve: (socket: Socket) => void): Server {
  if (!tls) return createServer({ noDelay: true, pauseOnConnect: true }, serve)
  const server = createTlsServer({ ...tls.options, noDelay: true }, serve)
  tls.follow(server)
  return server
}

/** What was decrypted comes in buffers of its own. */
function withReceived(socket: Socket, received: (bytes: Uint8Array) => void): Socket {
  return socket.on('data', received)
}

/** Kind and place of a failure; messages of PostgreSQL may quote values, so only codes of it are told. */
function describe(fault: unknown): Readonly<Record<string, unknown>> {
  if (!(fault instanceof Error)) return { kind: typeof fault }
  const at = (fault.stack ?? '').split('\n').find((line) => /^\s+at .*\.ts/.test(line))
  return {
    kind: fault.name,
    ...('code' in fault && { code: fault.code }),
    at: at?.trim(),
    ...(fault.cause instanceof Error && { cause: describe(fault.cause) }),
  }
}

type ConnectionOptions = {
  readonly aeTitle: string
  readonly isOneTooMany: boolean
  readonly log: Kernel['runtime']['log']
  readonly blocks: Blocks
  readonly store: (request: StoreRequest, callingAe: string) => Promise<void>
  readonly refused: (request: Omit<StoreRequest, 'bytes'>, refusal: Refusal, callingAe: string) => void
}
type Connection = { look(): void; idle(): Promise<void>; close(): void }

function openConnection(accepted: Socket, options: ConnectionOptions): Connection {
  let isPaused = false
  let lastByteMs = performance.now()
  let message: { readonly sinceMs: number; bytes: number } | undefined
  const take = accepted instanceof TLSSocket ? withReceived : withOwnMemory
  const socket = take(accepted, (bytes) => {
    session.receive(bytes)
    lastByteMs = performance.now()
    // The message state is the one that these bytes have left.
    if (!messages.isReceiving()) message = undefined
    else if (message) message.bytes += bytes.length
    else message = { sinceMs: lastByteMs, bytes: bytes.length }
  })
  const messages = createMessages({
    blocks: options.blocks,
    session: () => session,
    store: (request) => options.store(request, session.callingAe()),
    refused: (request, refusal) => options.refused(request, refusal, session.callingAe()),
    pause: () => {
      isPaused = true
      socket.pause()
    },
    resume: () => {
      isPaused = false
      lastByteMs = performance.now()
      socket.resume()
    },
  })
  const session: Session = startSession(socket, {
    aeTitle: options.aeTitle,
    ...(options.isOneTooMany && { refuseWith: localLimitExceeded }),
    events: {
      data: messages.listener,
      ended: () => messages.end(),
      established: ({ callingAe }) => options.log.debug('association established', { sender: callingAe }),
      noted: (text, fields) => options.log.warn(text, { ...fields, sender: session.callingAe() }),
    },
  })
  return {
    look() {
      const complaint = complaintAbout({ lastByteMs, message, isPaused }, performance.now())
      if (complaint) session.abort(complaint)
    },
    idle: () => messages.idle(),
    close() {
      session.abort('the node stops')
      socket.destroy()
    },
  }
}

async function journalRefusal(
  kernel: Kernel,
  tenant: TenantId,
  { callingAe, sopInstanceUid, refusal }: { callingAe: string; sopInstanceUid: string; refusal: Refusal },
): Promise<void> {
  await kernel.database.transaction((transaction) =>
    kernel.traffic.record(
      transaction,
      {
        tenant,
        door: 'dicom',
        sender: callingAe,
        subject: 'C-STORE',
        controlId: sopInstanceUid,
        raw: new Uint8Array(0),
      },
      { outcome: 'refused', code: refusal.code, reason: refusal.reason },
    ),
  )
}
