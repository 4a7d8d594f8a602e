/** A websocket of a protocol with its own proof of who speaks: open to anybody, closed by its handler. */
import { deepEqual, equal } from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { testKernel } from '@xinglin/testkit'
import { WebSocket } from 'ws'
import { maxOpenSocketsPerAddress } from './limits.ts'

const sent: boolean[] = []
const kernel = await testKernel({
  listen: true,
  register: ({ web }) =>
    web.textSocket('/echo', (socket) => {
      socket.onMessage(async (text) => {
        if (text === 'fail') throw new Error('of the handler')
        if (text === 'close') return socket.close('as asked')
        sent.push(await socket.send(`you said ${text}`))
      })
    }),
})
const url = `${kernel.baseUrl.replace('http', 'ws')}/echo`

test('texts go both ways without credentials, from any origin', async () => {
  const socket = new WebSocket(url, { origin: 'https://app.elsewhere.cn' })
  await once(socket, 'open')

  socket.send('good morning')
  const [data] = await once(socket, 'message')

  deepEqual([String(data), sent], ['you said good morning', [true]])
  socket.close()
})

test('the handler closes with a reason, and a failure of it closes the socket', async () => {
  const reasons = []
  for (const text of ['close', 'fail']) {
    const socket = new WebSocket(url)
    await once(socket, 'open')
    socket.send(text)
    const [, reason] = await once(socket, 'close')
    reasons.push(String(reason))
  }

  deepEqual(reasons, ['as asked', 'message failed'])
})

test('one address may open so many and no more', async () => {
  const sockets = Array.from({ length: maxOpenSocketsPerAddress }, () => new WebSocket(url))
  await Promise.all(sockets.map((socket) => once(socket, 'open')))

  const [error] = await once(new WebSocket(url), 'error')

  equal((error as Error).message, 'Unexpected server response: 429')
  for (const socket of sockets) socket.terminate()
})
