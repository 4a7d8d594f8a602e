/**
 * An MLLP sender (HL7 Implementation Support Guide, appendix C). Who awaits each `send` waits for the acknowledgement before
 * the next message; several sends at a time stand on their way together, answered in their order.
 */
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const startBlock = 0x0b
const endBlock = 0x1c
/** A platform that restarts is back within seconds; after this many tries the sender gives up. */
const maxTries = 60
const retryDelayMs = 1000
const answerLimitMs = 30_000

/** MSA-1 and the text of ERR or MSA-3 of an acknowledgement. */
export type Acknowledgement = { readonly code: string; readonly reason: string }

export interface MllpClient {
  /** Sends until an acknowledgement comes; the same bytes are sent again when the connection is lost before it. */
  send(message: Uint8Array): Promise<Acknowledgement>
  close(): void
}

export function createMllpClient(address: { host: string; port: number }): MllpClient {
  let connection: Promise<Connection> | undefined
  const leave = (left: Promise<Connection>) => {
    left.then(({ close }) => close()).catch(() => undefined)
    if (connection === left) connection = undefined
  }
  const send = async (message: Uint8Array): Promise<Acknowledgement> => {
    for (let tries = 1; ; tries++) {
      connection ??= open(address)
      const own = connection
      try {
        return parseAcknowledgement(await (await own).exchange(message))
      } catch (cause) {
        leave(own)
        if (tries === maxTries) throw cause
        await pause(retryDelayMs)
      }
    }
  }
  return { send, close: () => connection && leave(connection) }
}

interface Connection {
  exchange(message: Uint8Array): Promise<string>
  close(): void
}

function open({ host, port }: { host: string; port: number }): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => resolve(connectionOver(socket)))
  })
}

/** Listens for the whole life of the socket: one that ends between two messages must fail the next, not leave it waiting. */
function connectionOver(socket: Socket): Connection {
  const waiting: { resolve: (answer: string) => void; reject: (cause: Error) => void }[] = []
  let ended: Error | undefined
  let received = Buffer.alloc(0)
  const fail = (cause: Error) => {
    ended ??= cause
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  socket.on('data', (part) => {
    received = received.length === 0 ? part : Buffer.concat([received, part])
    for (let end = received.indexOf(endBlock); end >= 0; end = received.indexOf(endBlock)) {
      waiting.shift()?.resolve(received.toString('utf8', 0, end))
      received = received.subarray(end + 1)
    }
    if (waiting.length === 0) socket.setTimeout(0)
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the listener closed the connection before it answered')))
  socket.on('timeout', () => socket.destroy(new Error('the listener did not answer in time')))
  return {
    exchange: (message) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        waiting.push({ resolve, reject })
        socket.setTimeout(answerLimitMs)
        socket.write(Buffer.concat([Buffer.of(startBlock), message, Buffer.of(endBlock, 0x0d)]))
      }),
    close: () => socket.destroy(),
  }
}

function parseAcknowledgement(text: string): Acknowledgement {
  const segments = text.split('\r')
  const fields = (name: string) => segments.find((line) => line.startsWith(`${name}|`))?.split('|') ?? []
  return { code: fields('MSA')[1] ?? '', reason: fields('ERR')[8] ?? fields('MSA')[3] ?? '' }
}
