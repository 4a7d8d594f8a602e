/**
 * MLLP as a destination of interfaces: a message at a time on each connection, as many connections as deliveries at once.
 * Answers by table 0008: AA and CA are taken, AE and CE refused, AR and CR asked again later (HL7 v2.5.1 §2.9.2).
 */
import { connect, type Socket } from 'node:net'
import { decodeMessage, Hl7Error, parseMessage, salvageHeader, valueAt } from '@xinglin/hl7v2'
import { createFrameReader, frame, frameLimits } from '@xinglin/hl7v2/mllp'
import type { Answer, DestinationKind, OpenDestination } from '@xinglin/interfaces'
import { type MllpAddress, mllpAddress } from './settings.ts'

/** TCP finds out by itself that a peer is gone. */
const keepAliveMs = 60_000
const longestReason = 200

/** The kind `mllp`: `{ kind: 'mllp', host, port }`. */
export const mllpDestination: DestinationKind = {
  kind: 'mllp',
  check: (settings) => void mllpAddress(settings, { name: 'host', isSource: false }),
  open: (settings) => openDestination(mllpAddress(settings, { name: 'host', isSource: false })),
}

function openDestination(address: MllpAddress): OpenDestination {
  const idle: Connection[] = []
  const all = new Set<Connection>()
  return {
    async send({ content }, signal) {
      const connection = idle.pop() ?? (await openConnection(address, signal))
      all.add(connection)
      try {
        const answer = answerOf(await connection.exchange(content, signal), controlIdOf(content))
        if (connection.isOpen()) idle.push(connection)
        return answer
      } catch (cause) {
        connection.close()
        all.delete(connection)
        throw cause
      }
    },
    async close() {
      for (const connection of all) connection.close()
    },
  }
}

interface Connection {
  /** The content of the answer's frame. */
  exchange(content: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  isOpen(): boolean
  close(): void
}

function openConnection({ host, port }: MllpAddress, signal: AbortSignal): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs })
    const giveUp = () => socket.destroy(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      signal.removeEventListener('abort', giveUp)
      resolve(connectionOver(socket))
    })
  })
}

/** Listens for the whole life of the socket: one that ends between two messages must fail the next, not leave it waiting. */
function connectionOver(socket: Socket): Connection {
  const reader = createFrameReader(frameLimits)
  let waiting: { resolve: (content: Uint8Array) => void; reject: (cause: unknown) => void } | undefined
  let ended: Error | undefined
  const fail = (cause: Error) => {
    ended ??= cause
    waiting?.reject(ended)
    socket.destroy()
  }
  socket.on('data', (chunk: Buffer) => {
    for (const event of reader.push(chunk, performance.now())) {
      if (event.kind === 'garbage') continue
      if (event.kind !== 'frame') return fail(new ProtocolError(`the answer's frame is ${event.kind}`))
      if (!waiting) return fail(new ProtocolError('an answer came that nobody waits for'))
      waiting.resolve(event.content)
      waiting = undefined
    }
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new ProtocolError('the receiver closed the connection')))
  return {
    exchange: (content, signal) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        waiting = { resolve, reject }
        signal.addEventListener('abort', () => fail(signal.reason), { once: true })
        socket.write(frame(content))
      }),
    isOpen: () => ended === undefined,
    close: () => void socket.destroy(),
  }
}

/** Codes are ASCII in every set; words in a set that is not told are shown as well as they can be. */
function textOf(content: Uint8Array): string {
  try {
    return decodeMessage(content).text
  } catch (cause) {
    if (!(cause instanceof Hl7Error)) throw cause
    return Buffer.from(content).toString('latin1')
  }
}

class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

function controlIdOf(content: Uint8Array): string {
  return salvageHeader(content).fields[10] ?? ''
}

/** Throws where it answers another message: who answers what is then unknown, and the connection is opened anew. */
function answerOf(content: Uint8Array, controlId: string): Answer {
  const message = parseMessage(textOf(content))
  const answered = valueAt(message, 'MSA-2') ?? ''
  if (answered !== '' && answered !== controlId) throw new ProtocolError('the answer names another message')
  const code = valueAt(message, 'MSA-1') ?? ''
  if (code === 'AA' || code === 'CA') return { kind: 'taken' }
  const words = valueAt(message, 'ERR-8') ?? valueAt(message, 'ERR-3.2') ?? valueAt(message, 'MSA-3') ?? ''
  const reason = words.slice(0, longestReason)
  if (code === 'AE' || code === 'CE') return { kind: 'refused', code: `hl7.${code.toLowerCase()}`, reason }
  if (code === 'AR' || code === 'CR') return { kind: 'busy', code: `hl7.${code.toLowerCase()}`, reason }
  throw new ProtocolError('the answer has no code of table 0008')
}
