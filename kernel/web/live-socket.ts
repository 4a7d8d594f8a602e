/** One websocket as handlers see it: JSON values in and out, closed when its reader falls behind. */

import { OutcomeError } from '@xinglin/fhir'
import type { RawData, WebSocket } from 'ws'
import { parseJson } from './json.ts'
import { maxSocketBacklogBytes } from './limits.ts'
import type { LiveSocket } from './web.ts'

/** RFC 6455 §7.4.1: 1008 policy, 1013 try again later. */
export const closing = { refused: 1008, tooSlow: 1013 } as const
// RFC 6455 §5.5: a close frame's reason fits 123 bytes.
const maxReasonLength = 120

/** Wraps a socket; a message that is no JSON closes it. */
export function liveSocket(socket: WebSocket): LiveSocket {
  const close = (code: number, reason: string) => socket.close(code, reasonIn(reason))
  const receive = async (act: Parameters<LiveSocket['onMessage']>[0], data: RawData) => {
    try {
      await act(parseJson(bytesOf(data)))
    } catch (error) {
      close(closing.refused, error instanceof OutcomeError ? error.message : 'message failed')
      if (!(error instanceof OutcomeError)) socket.emit('error', error)
    }
  }
  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > maxSocketBacklogBytes) return close(closing.tooSlow, 'reads too slowly')
      socket.send(JSON.stringify(message))
    },
    onMessage: (act) => void socket.on('message', (data) => void receive(act, data)),
    onClose: (act) => void socket.on('close', act),
    close: (reason) => close(closing.refused, reason),
  }
}

/** A reason that fits its frame. */
export function reasonIn(reason: string): string {
  return reason.slice(0, maxReasonLength)
}

/** The bytes of one message. */
export function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
