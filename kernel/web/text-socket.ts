/** One websocket whose messages are texts of another standard and whose bytes are known to have left. */
import type { RawData, WebSocket } from 'ws'
import { bytesOf, closing, reasonIn } from './live-socket.ts'
import type { TextSocket } from './web.ts'

/** Wraps a socket; an act that throws closes it. */
export function textSocket(socket: WebSocket): TextSocket {
  const close = (reason: string) => socket.close(closing.refused, reasonIn(reason))
  const receive = async (act: Parameters<TextSocket['onMessage']>[0], data: RawData) => {
    try {
      await act(bytesOf(data).toString('utf8'))
    } catch (error) {
      close('message failed')
      socket.emit('error', error)
    }
  }
  return {
    send: (text) =>
      new Promise((settle) => {
        if (socket.readyState !== socket.OPEN) return settle(false)
        socket.send(text, (error) => settle(!error))
      }),
    onMessage: (act) => void socket.on('message', (data) => void receive(act, data)),
    onClose: (act) => void socket.on('close', act),
    close,
  }
}
