/** An MLLP sender (HL7 Implementation Support Guide, appendix C) that waits for each acknowledgement before the next message. */
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
  let socket: Socket | undefined
  const send = async (message: Uint8Array): Promise<Acknowledgement> => {
    for (let tries = 1; ; tries++) {
      try {
        socket ??= await open(address)
        return parseAcknowledgement(await exchange(socket, message))
      } catch (cause) {
        socket?.destroy()
        socket = undefined
        if (tries === maxTries) throw cause
        await pause(retryDelayMs)
      }
    }
  }
  return { send, close: () => socket?.destroy() }
}

function open({ host, port }: { host: string; port: number }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

function exchange(socket: Socket, message: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const settle = (act: () => void) => {
      socket.removeAllListeners()
      socket.setTimeout(0)
      act()
    }
    socket.on('data', (part) => {
      parts.push(part)
      if (part.includes(endBlock)) settle(() => resolve(Buffer.concat(parts).toString('utf8')))
    })
    socket.on('error', (error) => settle(() => reject(error)))
    socket.on('close', () =>
      settle(() => reject(new Error('the listener closed the connection before it answered'))),
    )
    socket.setTimeout(answerLimitMs, () =>
      settle(() => reject(new Error('the listener did not answer in time'))),
    )
    socket.write(Buffer.concat([Buffer.of(startBlock), message, Buffer.of(endBlock, 0x0d)]))
  })
}

function parseAcknowledgement(text: string): Acknowledgement {
  const segments = text.split('\r')
  const fields = (name: string) => segments.find((line) => line.startsWith(`${name}|`))?.split('|') ?? []
  return { code: fields('MSA')[1] ?? '', reason: fields('ERR')[8] ?? fields('MSA')[3] ?? '' }
}
